/** Loads a series ahead of the reader: the neighbours of the shown image first, then the rest. */
import { cache, Enums, imageLoader } from "@cornerstonejs/core";

const AT_ONCE = 4;
const SPARE = 64 * 1024 * 1024; // bytes of the cache that stay free for what is looked at

export class Prefetch {
  readonly failed = new Set<number>();
  private readonly loaded = new Set<number>();
  private readonly asked = new Set<number>();
  private stopped = false;
  private readonly lanes: Promise<void>[] = [];

  constructor(
    private readonly ids: string[],
    private readonly told: (loaded: number) => void,
    private here: number,
  ) {
    for (let lane = 0; lane < AT_ONCE; lane++) this.lanes.push(this.lane());
  }

  move(here: number): void {
    this.here = here;
  }

  stop(): void {
    this.stopped = true;
  }

  /** Waits until every image has been asked for; tells whether all are here. */
  async all(): Promise<boolean> {
    await Promise.all(this.lanes);
    return this.loaded.size === this.ids.length;
  }

  private next(): number | undefined {
    for (let step = 0; step < this.ids.length; step++) {
      for (const index of [this.here + step, this.here - step]) {
        if (index >= 0 && index < this.ids.length && !this.asked.has(index)) return index;
      }
    }
    return undefined;
  }

  private async lane(): Promise<void> {
    for (let index = this.next(); index !== undefined && !this.stopped; index = this.next()) {
      this.asked.add(index);
      try {
        await imageLoader.loadAndCacheImage(this.ids[index]!, {
          requestType: Enums.RequestType.Prefetch,
          priority: 0,
        });
        this.loaded.add(index);
      } catch {
        // Said when the reader comes to this image; the others go on.
        this.failed.add(index);
      }
      if (!this.stopped) this.told(this.loaded.size);
      if (cache.getBytesAvailable() < SPARE) return;
    }
  }
}
