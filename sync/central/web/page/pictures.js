import { element } from './element.js';

/** @typedef {import('../hit-view.ts').HitView} HitView */
/** @typedef {'plate' | 'scene'} Kind */

/** One image for each use of a picture: made once, so that a changed card does not fetch and flicker. */
/** @type {Map<string, HTMLImageElement>} */
const images = new Map();

/**
 * @param {HitView} view
 * @param {Kind} kind
 * @param {'card' | 'detail'} use
 */
export function picture(view, kind, use) {
  const { hit, pictures } = view;
  const frame = element('div', { class: `picture picture-${kind}` });
  if (pictures.includes(kind)) frame.append(image(hit.id, kind, use));
  else {
    const text = hit.data.evidence[kind] === null ? `no ${kind} picture` : `${kind} picture is on its way`;
    frame.append(element('span', { class: 'picture-missing' }, text));
  }
  return frame;
}

/**
 * @param {string} id
 * @param {Kind} kind
 * @param {string} use
 */
function image(id, kind, use) {
  const key = `${use} ${kind} ${id}`;
  const known = images.get(key);
  if (known) return known;
  const alt = kind === 'plate' ? 'the plate as the camera saw it' : 'the scene; plates of other vehicles are covered';
  const made = element('img', { src: `/api/hits/${id}/pictures/${kind}`, alt, draggable: 'false' });
  made.addEventListener('error', () => {
    images.delete(key);
    made.replaceWith(element('span', { class: 'picture-missing' }, `the ${kind} picture cannot be shown`));
  });
  images.set(key, made);
  return made;
}

/**
 * Lets go of the images of hits that are not listed any more.
 * @param {(id: string) => boolean} isListed
 */
export function forgetPictures(isListed) {
  for (const key of images.keys()) if (!isListed(key.split(' ')[2] ?? '')) images.delete(key);
}

/**
 * The scene as large as the window, until a key or a click.
 * @param {HitView} view
 * @param {Kind} kind
 */
export function enlarge({ hit, pictures }, kind) {
  if (!pictures.includes(kind)) return;
  const dialog = element(
    'dialog',
    { class: 'enlarged', onclick: () => dialog.close(), onclose: () => dialog.remove() },
    element('img', { src: `/api/hits/${hit.id}/pictures/${kind}`, alt: `enlarged ${kind} picture` }),
  );
  document.body.append(dialog);
  dialog.showModal();
}
