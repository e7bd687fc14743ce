/** Where one was in each series: kept while the page's tab lives, so that coming back goes on there. */
import type { Row } from "./series";
import type { Window } from "./windows";

/** An image as it was looked at. */
export interface Look {
  study: string;
  series: string;
  instance: string;
  frame: number;
  center?: number | null;
  width?: number | null;
}

interface Kept {
  last?: string; // the series that was looked at last
  places: Record<string, { instance: string; frame: number }>;
}

export const windowOf = (look: Look | undefined): Window | undefined =>
  look && typeof look.center === "number" && typeof look.width === "number"
    ? { center: look.center, width: look.width }
    : undefined;

export class Places {
  private readonly kept: Kept;

  constructor(private readonly name: string) {
    try {
      this.kept = { places: {}, ...(JSON.parse(sessionStorage.getItem(name) ?? "{}") as Partial<Kept>) };
    } catch {
      this.kept = { places: {} }; // a browser that keeps nothing
    }
  }

  of(series: string): { instance: string; frame: number } | undefined {
    return this.kept.places[series];
  }

  keep(series: string, instance: string, frame: number): void {
    this.kept.last = series;
    this.kept.places[series] = { instance, frame };
    try {
      sessionStorage.setItem(this.name, JSON.stringify(this.kept));
    } catch {
      // The places of this visit stay in memory.
    }
  }

  /** Lets the series that was looked at last be the first to open, at its image. */
  resume(rows: Row[]): Row[] {
    const row = rows.find(({ series }) => series === this.kept.last);
    const place = row && this.of(row.series);
    if (!row || !place) return rows;
    return rows.map((each) => ({
      ...each, opening: each === row ? { ...place, whose: each.opening?.whose ?? [] } : undefined,
    }));
  }
}
