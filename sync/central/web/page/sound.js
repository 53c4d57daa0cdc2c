/** @typedef {import('../hit-view.ts').HitView} HitView */

/** Two short tones for a new hit, made here; off until the officer wants it. */
export class Sound {
  /** @type {AudioContext | null} */
  #audio = null;

  get on() {
    return this.#audio !== null;
  }

  /** Browsers let a page sound only from a click on. */
  toggle() {
    if (this.#audio === null) this.#audio = new AudioContext();
    else {
      void this.#audio.close();
      this.#audio = null;
    }
  }

  /**
   * Invariant: a discreet hit never sounds, because a control room hears what its screens show.
   * @param {HitView} view
   */
  announce(view) {
    if (this.#audio === null || view.discreet || view.state !== 'new') return;
    const urgent = view.hit.data.entry.priority <= 2;
    this.#tone(this.#audio, urgent ? 880 : 587, 0);
    this.#tone(this.#audio, urgent ? 1175 : 784, 0.18);
  }

  /**
   * @param {AudioContext} audio
   * @param {number} hertz
   * @param {number} afterSeconds
   */
  #tone(audio, hertz, afterSeconds) {
    const tone = new OscillatorNode(audio, { frequency: hertz });
    const volume = new GainNode(audio, { gain: 0.2 });
    const at = audio.currentTime + afterSeconds;
    volume.gain.setTargetAtTime(0, at + 0.12, 0.03);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.3);
  }
}
