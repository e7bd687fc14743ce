/** One pane: a series, its images one at a time, or three cuts through them. */
import { imageLoader } from "@cornerstonejs/core";
import { make } from "../shared/dom";
import { Cine, rateOf } from "./cine";
import { cache, close, Enums, openStack, software, type StackViewport } from "./engine";
import { gaps, planeOf, refusal, toWorld } from "./geometry";
import { describe, reasonOf } from "./loader";
import { Overlay } from "./overlay";
import { type Look, type Places, windowOf } from "./places";
import { Planes } from "./planes";
import { Prefetch } from "./prefetch";
import { type Metadata, numbers, text } from "./metadata";
import { type Frame, framesOf, type Row } from "./series";
import type { Say } from "./texts";
import { type Preset, presets, stored, type Window } from "./windows";

let opened = 0;

export class Pane {
  readonly element = make("section", "viewer-pane");
  readonly screen = make("div", "viewer-screen");
  row: Row | undefined;
  frames: Frame[] = [];
  here = 0;
  presets: Preset[] = [];
  planes: Planes | undefined;
  ready = false;
  loaded = 0;
  note = "";
  readonly cine = new Cine(10, () => {
    if (this.planes) this.planes.step(1, true);
    else void this.go(this.here + 1 < this.frames.length ? this.here + 1 : 0);
  });
  private readonly id = `pane-${++opened}`;
  private readonly overlay: Overlay;
  private readonly slider = make("input", "viewer-slider");
  private readonly progress = make("progress", "viewer-progress");
  private readonly viewport: StackViewport;
  private prefetch: Prefetch | undefined;
  private wanted = 0;
  private showing = false;
  private inverted = false;
  private turn = 0;
  private gaps = new Map<number, number>();
  private usual: Window | undefined; // of the series, as it opens

  constructor(
    place: HTMLElement,
    private readonly base: string,
    private readonly say: Say,
    private readonly places: Places,
    private readonly told: (pane: Pane, moved: boolean) => void,
  ) {
    this.overlay = new Overlay(this.screen, say);
    this.slider.type = "range";
    this.slider.setAttribute("aria-label", say("slider"));
    this.slider.addEventListener("input", () => void this.go(Number(this.slider.value)));
    this.screen.tabIndex = 0;
    this.screen.setAttribute("role", "application");
    this.screen.setAttribute("aria-label", say("picture"));
    this.screen.addEventListener("contextmenu", (event) => event.preventDefault());
    this.element.append(this.overlay.who, this.overlay.frame, this.slider, this.progress, this.overlay.foot);
    place.append(this.element);
    this.viewport = openStack(this.screen, this.id);
    // The wheel scrolls by itself; where an image cannot be shown, only this event comes.
    this.screen.addEventListener(Enums.Events.STACK_VIEWPORT_SCROLL, (event) => {
      void this.go((event as CustomEvent<{ newImageIdIndex: number }>).detail.newImageIdIndex);
    });
    this.screen.addEventListener(Enums.Events.STACK_NEW_IMAGE, (event) => {
      const at = this.viewport.getCurrentImageIdIndex();
      // An image of the series shown before may still come: it says nothing of this one.
      if (this.frames[at]?.imageId !== (event as CustomEvent<{ imageId: string }>).detail.imageId) return;
      this.overlay.fail("");
      this.orient();
      this.moved(at);
    });
    this.screen.addEventListener(Enums.Events.VOI_MODIFIED, () => this.tell());
    this.screen.addEventListener(Enums.Events.CAMERA_MODIFIED, () => this.orient());
  }

  cover(seen: Element): void {
    this.overlay.cover(seen);
  }

  shut(): void {
    this.turn++;
    this.planes?.shut();
    this.prefetch?.stop();
    this.cine.stop();
    close([this.id]);
    this.element.remove();
  }

  /** Opens a series at its middle, or at the image that is named; `early` is metadata on its way. */
  async open(row: Row, look?: Look, early?: Promise<Metadata[]>): Promise<void> {
    const turn = ++this.turn;
    this.leave();
    this.prefetch?.stop();
    this.cine.stop();
    this.row = row;
    this.ready = false;
    this.loaded = 0;
    this.tellNote(this.say("loading"));
    let frames: Frame[];
    try {
      frames = await framesOf(this.base, row, early);
    } catch {
      if (turn === this.turn) this.fail(this.say("failed"));
      return;
    }
    if (turn !== this.turn) return;
    this.frames = frames;
    if (!frames.length) {
      this.fail(this.say("no_pictures"));
      return;
    }
    describe(frames);
    this.gaps = gaps(frames);
    this.slider.max = String(frames.length - 1);
    this.slider.hidden = frames.length < 2;
    this.progress.max = frames.length;
    const at = this.indexOf(look ?? this.places.of(row.series) ?? row.opening);
    const first = at < 0 ? frames.length >> 1 : at;
    const { metadata } = frames[first]!;
    this.here = this.wanted = first;
    this.overlay.name(frames[first]!, row);
    this.overlay.fail("");
    this.inverted = false;
    const here = await this.brought(first);
    if (turn !== this.turn) return;
    // Told before the stack is set: what was shown before must not stand under this name.
    if (!here) this.undecodable(first);
    await this.viewport.setStack(frames.map(({ imageId }) => imageId), first).catch(() => undefined);
    if (turn !== this.turn) return;
    this.presets = presets(
      text(metadata, "00080060"), metadata, () => this.values, this.say,
    );
    this.cine.rate = rateOf(metadata);
    this.viewport.resetCamera();
    this.usual = stored(metadata) ?? this.presets[0]?.window();
    this.apply(windowOf(look) ?? this.usual);
    this.ready = true;
    this.tellNote("");
    this.moved(first);
    this.orient();
    this.prefetch = new Prefetch(
      frames.map(({ imageId }) => imageId),
      (loaded) => {
        this.loaded = loaded;
        this.progress.value = loaded;
        const all = loaded + (this.prefetch?.failed.size ?? 0) >= frames.length;
        this.progress.hidden = all;
        this.told(this, false);
      },
      first,
    );
  }

  indexOf(at?: { instance: string; frame: number }): number {
    return this.frames.findIndex(({ sop, frame }) => sop === at?.instance && frame === at.frame);
  }

  get frameOfReference(): string {
    return this.viewport.getFrameOfReferenceUID();
  }

  /** The values of the image that is shown, as they are measured: rescaled, or in colour. */
  get values(): ArrayLike<number> | undefined {
    const image = this.current && cache.getImage(this.current.imageId);
    return this.failed ? undefined : image?.getPixelData();
  }

  redraw(): void {
    this.viewport.render();
    this.planes?.redraw();
  }

  get current(): Frame | undefined {
    return this.frames[this.here];
  }

  /** Whether the picture is turned, mirrored or inverted against the way that it came. */
  get altered(): boolean {
    const { flipHorizontal, flipVertical } = this.viewport.getCamera();
    const { rotation = 0 } = this.viewport.getViewPresentation();
    return Boolean(flipHorizontal || flipVertical || this.inverted || Math.round(rotation) % 360);
  }

  get cuts(): boolean {
    return this.planes !== undefined;
  }

  /** Go to an image; while one is being drawn only the last wish counts. */
  async go(index: number): Promise<void> {
    if (this.cuts) return;
    this.wanted = Math.max(0, Math.min(this.frames.length - 1, index));
    if (this.showing) return;
    this.showing = true;
    while (this.here !== this.wanted) {
      const next = this.wanted;
      if (await this.brought(next)) {
        await this.viewport.setImageIdIndex(next).catch(() => undefined);
        this.overlay.fail("");
        this.orient();
      } else this.undecodable(next);
      this.moved(next);
      // Of a series that opened at an image without a picture, the first one that has one tells.
      if (!this.usual && !this.failed) this.apply((this.usual = this.presets[0]?.window()));
    }
    this.showing = false;
  }

  /** So many images on, or cuts of the plane under the pointer. */
  step(by: number): void {
    if (this.planes) this.planes.step(by);
    else void this.go(this.here + by);
  }

  look(look: Look): void {
    const index = this.indexOf(look);
    if (index >= 0) void this.go(index);
    this.apply(windowOf(look));
  }

  get window(): Window {
    const range = (this.planes?.viewports[0] ?? this.viewport).getProperties()?.voiRange;
    if (!range) return { center: 0, width: 0 };
    return {
      center: Math.round((range.upper + range.lower) / 2),
      width: Math.round(range.upper - range.lower),
    };
  }

  apply(window: Window | undefined): void {
    if (!window || this.coloured) return;
    const { center, width } = window;
    this.viewport.setProperties({ voiRange: { lower: center - width / 2, upper: center + width / 2 } });
    this.viewport.render();
    this.planes?.apply(window);
    this.tell();
  }

  get failed(): boolean {
    return this.overlay.failed;
  }

  get coloured(): boolean {
    return (numbers(this.current?.metadata ?? {}, "00280002")[0] ?? 1) > 1;
  }

  invert(): void {
    this.inverted = !this.inverted;
    const { invert } = this.viewport.getProperties();
    this.viewport.setProperties({ invert: !invert });
    this.viewport.render();
    this.planes?.invert(this.inverted);
  }

  rotate(degrees: number): void {
    const { rotation = 0 } = this.viewport.getViewPresentation();
    this.viewport.setViewPresentation({ rotation: (rotation + degrees + 360) % 360 });
    this.viewport.render();
    this.orient();
  }

  flip(across: "flipHorizontal" | "flipVertical"): void {
    this.viewport.setCamera({ [across]: !this.viewport.getCamera()[across] });
    this.viewport.render();
    this.orient();
  }

  zoom(factor: number): void {
    this.viewport.setZoom(this.viewport.getZoom() * factor);
    this.viewport.render();
  }

  /** Whether the picture fills the pane: nobody has chosen how near to look. */
  get fits(): boolean {
    return this.ready && Math.abs(this.viewport.getZoom() - 1) < 0.01;
  }

  /** Fills the pane again, behind the next drawing: by then it has its new size. */
  fit(): void {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      this.viewport.resetCamera({ resetPan: true, resetZoom: true, resetToCenter: true });
      this.viewport.render();
      this.orient();
    }));
  }

  reset(): void {
    this.viewport.resetProperties();
    this.viewport.setViewPresentation({ rotation: 0 });
    this.viewport.setCamera({ flipHorizontal: false, flipVertical: false });
    this.viewport.resetCamera();
    this.inverted = false;
    this.planes?.reset();
    this.planes?.invert(false);
    this.apply(this.usual);
    this.viewport.render();
    this.orient();
  }

  /** Cuts through the volume, or says why these images make none. */
  async cut(): Promise<void> {
    const turn = this.turn;
    const no = refusal(this.frames);
    if (no) {
      this.tellNote(`${this.say("mpr_refused")} ${this.say(no.key, no.values)}`);
      return;
    }
    this.tellNote(this.say("mpr_loading"));
    const all = await this.prefetch?.all();
    if (turn !== this.turn) return;
    if (!all) {
      this.tellNote(`${this.say("mpr_refused")} ${this.say("mpr_undecodable")}`);
      return;
    }
    this.cine.stop();
    const { current } = this;
    const plane = current && planeOf(current.metadata, current.frame);
    const middle = plane && toWorld(plane, [
      (numbers(current.metadata, "00280011")[0] ?? 0) / 2, (numbers(current.metadata, "00280010")[0] ?? 0) / 2,
    ]);
    this.element.toggleAttribute("data-cuts", true);
    this.planes = await Planes.open(
      this.overlay.frame, this.frames.map(({ imageId }) => imageId), this.window, middle, this.say, () => this.tell(),
    );
    this.tellNote("");
    this.tell();
  }

  /** Back to the images: to the one that lies nearest to what was cut, in the same window. */
  async single(): Promise<void> {
    if (!this.planes || !this.current) return;
    const { window, fits } = this;
    const { normal } = planeOf(this.current.metadata, this.current.frame)!;
    const wanted = this.planes.place(normal);
    this.leave();
    const away = this.frames.map(({ metadata, frame }) => Math.abs(planeOf(metadata, frame)!.place - wanted));
    this.apply(window);
    if (fits) this.fit(); // the pane may have another height than when the cuts were opened
    await this.go(away.indexOf(Math.min(...away)));
  }

  private leave(): void {
    this.planes?.shut();
    this.planes = undefined;
    this.cine.stop();
    this.element.toggleAttribute("data-cuts", false);
    this.redraw();
  }

  /** Whether an image could be loaded; the viewport itself keeps silent where it could not. */
  private async brought(index: number): Promise<boolean> {
    try {
      await imageLoader.loadAndCacheImage(this.frames[index]!.imageId);
      return true;
    } catch {
      return false;
    }
  }

  private undecodable(index: number): void {
    const { imageId } = this.frames[index]!;
    const { key, detail } = reasonOf(imageId);
    this.overlay.fail(`${this.say("undecodable")} ${this.say(key)}`, detail);
  }

  private fail(message: string): void {
    this.overlay.fail(message);
    this.tellNote("");
  }

  private tellNote(note: string): void {
    this.note = note;
    this.told(this, false);
  }

  private moved(index: number): void {
    this.here = index;
    if (!this.showing) this.wanted = index;
    this.slider.value = String(index);
    this.prefetch?.move(index);
    const { current } = this;
    if (current && this.row) this.places.keep(this.row.series, current.sop, current.frame);
    this.tell();
    this.told(this, true);
  }

  private tell(): void {
    const { current } = this;
    if (!current) return;
    const { center, width } = this.window;
    const [before, after] = [this.gaps.get(this.here), this.gaps.get(this.here + 1)];
    const gap = (key: string, mm?: number) => (mm && !this.cuts ? this.say(key, { n: mm.toFixed(1) }) : "");
    // Where each cut lies stands over it; an image that is not shown has no window.
    this.overlay.tell(this.cuts ? undefined : current, [
      this.cuts ? "" : this.say("image", { n: this.here + 1, m: this.frames.length }),
      this.coloured || this.failed ? "" : `${this.say("window")} ${center} / ${width}`,
      gap("gap_before", before),
      gap("gap_after", after),
      software() ? this.say("software") : "",
    ]);
    this.told(this, false);
  }

  private orient(): void {
    const { current } = this;
    if (current && this.screen.clientWidth) this.overlay.orient(this.viewport, current);
  }
}

export const empty = (): void => cache.purgeCache();
