/** @typedef {Node | string | null | undefined | false} Child */

/**
 * Makes an element. Text is only ever put in as text, so that nothing that a node or an officer writes can become markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} attributes class, data-…, aria-… and so on; false and null leave one out; `on…` listens
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  return dressed(document.createElement(tag), attributes, children);
}

const svgNamespace = 'http://www.w3.org/2000/svg';

/**
 * The same for drawings.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} attributes
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function drawing(tag, attributes = {}, ...children) {
  return dressed(document.createElementNS(svgNamespace, tag), attributes, children);
}

/**
 * @template {Element} E
 * @param {E} made
 * @param {Record<string, unknown>} attributes
 * @param {Child[]} children
 * @returns {E}
 */
function dressed(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    // A data attribute that is false says so; any other is left out.
    const says = typeof value === 'boolean' && name.startsWith('data-') ? String(value) : value;
    if (says === false || says === null || says === undefined) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else made.setAttribute(name, says === true ? '' : String(says));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}
