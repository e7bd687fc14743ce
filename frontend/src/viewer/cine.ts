/** Plays frames one after the other, as fast as the file asks for (PS3.3 C.7.6.5). */
import { type Metadata, numbers } from "./metadata";

const USUAL = 10; // frames a second
const SLOWEST = 1;
const FASTEST = 60;

export function rateOf(metadata: Metadata): number {
  const display = numbers(metadata, "00082144")[0] ?? numbers(metadata, "00180040")[0];
  const time = numbers(metadata, "00181063")[0]; // ms
  const rate = display || (time ? 1000 / time : USUAL);
  return Math.min(FASTEST, Math.max(SLOWEST, Math.round(rate)));
}

export class Cine {
  private timer = 0;
  private last = 0;

  constructor(
    public rate: number,
    private readonly step: () => void,
  ) {}

  get playing(): boolean {
    return this.timer !== 0;
  }

  toggle(): void {
    if (this.playing) this.stop();
    else {
      this.last = performance.now();
      this.timer = requestAnimationFrame(this.tick);
    }
  }

  stop(): void {
    cancelAnimationFrame(this.timer);
    this.timer = 0;
  }

  private readonly tick = (now: number): void => {
    const due = 1000 / this.rate;
    if (now - this.last >= due) {
      // A tab that was hidden does not catch up.
      this.last = now - this.last > 4 * due ? now : this.last + due;
      this.step();
    }
    this.timer = requestAnimationFrame(this.tick);
  };
}
