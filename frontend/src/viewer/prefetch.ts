/** Loads a series ahead of the reader: the neighbours of the shown image first, then the rest. */
import { cache, imageLoader, Enums } from "@cornerstonejs/core";

const AT_ONCE = 4;

export class Prefetch {
  private readonly loaded = new Set<number>();
  private readonly asked = new Set<number>();
  private stopped = false;
  private here = 0;

  constructor(
    private readonly ids: string[],
    private readonly told: (loaded: number) => void,
  ) {}

  start(here: number): void {
    this.here = here;
    for (let lane = 0; lane < AT_ONCE; lane++) void this.lane();
  }

  move(here: number): void {
    this.here = here;
  }

  stop(): void {
    this.stopped = true;
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
        // Shown when the reader comes to this image; the others go on.
      }
      if (!this.stopped) this.told(this.loaded.size);
      if (cache.getBytesAvailable() < 64 * 1024 * 1024) return;
    }
  }
}
