/** The viewer's pane: series, images, window, keys, key image. Contract: frontend/README.md. */
import { make } from "../shared/dom";
import { cache, describe, Enums, stage, type Stage } from "./engine";
import { Prefetch } from "./prefetch";
import { type Frame, framesOf, numbers, text } from "./series";
import { fill, type Texts, textsOf } from "./texts";
import { type Preset, presets, stored, type Window } from "./windows";

interface Row {
  study: string;
  series: string;
  label: string;
  count: number;
}

let panes = 0;

class Pane {
  private readonly screen = make("div", "viewer-screen");
  private readonly line = make("p", "viewer-line");
  private readonly note = make("p", "viewer-note");
  private readonly slider = make("input", "viewer-slider");
  private readonly tools = make("div", "viewer-tools");
  private readonly list = make("select", "viewer-series");
  private readonly caption = make("input");
  private readonly save = make("button", "", "");
  private frames: Frame[] = [];
  private row: Row | undefined;
  private here = 0;
  private wanted = 0;
  private showing = false;
  private prefetch: Prefetch | undefined;
  private presets: Preset[] = [];

  private constructor(
    private readonly root: HTMLElement,
    private readonly texts: Texts & Record<string, string>,
    private readonly rows: Row[],
    private readonly base: string,
    private readonly scene: { current?: Stage },
  ) {}

  static async open(root: HTMLElement): Promise<void> {
    const texts = textsOf(root) as Texts & Record<string, string>;
    const summary = root.dataset.summaryUrl ?? "";
    const answer = await fetch(summary, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`summary: ${answer.status}`);
    const { series } = (await answer.json()) as { series: Row[] };
    const pane = new Pane(root, texts, series, summary.replace(/\/summary$/, ""), {});
    pane.build();
    pane.scene.current = await stage(pane.screen, `pane-${++panes}`);
    pane.listen();
    root.dataset.software = String(pane.scene.current.software);
    const first = series.reduce((best, each, index) => (each.count > series[best]!.count ? index : best), 0);
    pane.list.selectedIndex = first;
    await pane.choose(first);
  }

  private build(): void {
    const { texts, root } = this;
    this.list.setAttribute("aria-label", texts.series);
    for (const row of this.rows) {
      this.list.append(make("option", "", `${row.label} (${fill(texts.images, { n: row.count })})`));
    }
    this.list.addEventListener("change", () => void this.choose(this.list.selectedIndex));
    this.slider.type = "range";
    this.slider.setAttribute("aria-label", texts.slider);
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.screen.tabIndex = 0;
    this.screen.setAttribute("role", "img");
    this.screen.setAttribute("aria-label", texts.keys);
    this.screen.addEventListener("contextmenu", (event) => event.preventDefault());
    this.line.setAttribute("aria-live", "polite");
    const head = make("div", "viewer-head");
    head.append(this.list, this.tools);
    const parts: HTMLElement[] = [head, this.screen, this.slider, this.line, this.note];
    if (root.dataset.keyImageUrl) parts.push(this.keyImageForm());
    parts.push(make("p", "viewer-keys", texts.keys));
    root.replaceChildren(...parts);
  }

  private keyImageForm(): HTMLElement {
    const form = make("form", "viewer-key-image");
    this.caption.type = "text";
    this.caption.name = "caption";
    this.caption.maxLength = 500;
    this.caption.placeholder = this.texts.caption ?? "";
    this.caption.setAttribute("aria-label", this.texts.caption ?? "");
    this.save.type = "submit";
    this.save.className = "button";
    this.save.textContent = this.texts.keyimage;
    form.append(this.caption, this.save);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.keep();
    });
    return form;
  }

  private listen(): void {
    const { screen } = this;
    screen.addEventListener(Enums.Events.STACK_NEW_IMAGE, () => this.moved());
    screen.addEventListener(Enums.Events.VOI_MODIFIED, () => this.tell());
    screen.addEventListener("keydown", (event) => {
      const steps: Record<string, number> = {
        ArrowDown: 1, ArrowRight: 1, PageDown: 10, ArrowUp: -1, ArrowLeft: -1, PageUp: -10,
      };
      const step = steps[event.key];
      if (step !== undefined) this.go(this.here + step);
      else if (event.key === "Home") this.go(0);
      else if (event.key === "End") this.go(this.frames.length - 1);
      else if (/^[1-9]$/.test(event.key)) this.apply(this.presets[Number(event.key) - 1]?.window());
      else if (event.key === "r") this.reset();
      else if (event.key === "i") this.invert();
      else if (event.key === "k") this.caption.focus();
      else return;
      event.preventDefault();
    });
  }

  private async choose(index: number): Promise<void> {
    const row = this.rows[index];
    if (!row) return;
    this.prefetch?.stop();
    this.row = row;
    this.line.textContent = this.texts.loading;
    delete this.root.dataset.ready;
    try {
      this.frames = await framesOf(this.base, row);
    } catch {
      this.note.textContent = this.texts.failed;
      return;
    }
    if (!this.frames.length) {
      this.note.textContent = this.texts.no_pictures;
      return;
    }
    describe(this.frames);
    this.slider.max = String(this.frames.length - 1);
    const middle = Math.floor(this.frames.length / 2);
    const { metadata } = this.frames[middle]!;
    this.here = this.wanted = middle;
    try {
      await this.viewport.setStack(this.frames.map(({ imageId }) => imageId), middle);
    } catch {
      this.note.textContent = this.texts.undecodable;
    }
    this.presets = presets(
      text(metadata, "00080060"), metadata, () => this.viewport.getImageData()?.scalarData, this.texts,
    );
    this.drawTools();
    this.apply(stored(metadata) ?? this.presets[0]?.window());
    this.moved();
    this.root.dataset.ready = "1";
    this.prefetch = new Prefetch(
      this.frames.map(({ imageId }) => imageId),
      (loaded) => {
        this.root.dataset.loaded = String(loaded);
        this.note.textContent =
          loaded < this.frames.length ? fill(this.texts.loaded, { n: loaded, m: this.frames.length }) : "";
      },
    );
    this.prefetch.start(middle);
  }

  private get viewport() {
    return this.scene.current!.viewport;
  }

  private drawTools(): void {
    const button = (label: string, act: () => void) => {
      const made = make("button", "viewer-button", label);
      made.type = "button";
      made.addEventListener("click", act);
      return made;
    };
    let measuring = false;
    const length = button(this.texts.length, () => {
      measuring = !measuring;
      length.setAttribute("aria-pressed", String(measuring));
      this.scene.current!.measure(measuring);
    });
    length.setAttribute("aria-pressed", "false");
    this.tools.replaceChildren(
      ...this.presets.map((each) => button(each.label, () => this.apply(each.window()))),
      button(this.texts.invert, () => this.invert()),
      length,
      button(this.texts.reset, () => this.reset()),
    );
  }

  /** Go to an image; while one is being drawn only the last wish counts. */
  private go(index: number): void {
    this.wanted = Math.max(0, Math.min(this.frames.length - 1, index));
    if (this.showing) return;
    this.showing = true;
    void (async () => {
      while (this.here !== this.wanted) {
        const next = this.wanted;
        try {
          await this.viewport.setImageIdIndex(next);
          this.note.textContent = "";
        } catch {
          this.note.textContent = this.texts.undecodable;
        }
        this.here = next;
        this.moved(next);
      }
      this.showing = false;
    })();
  }

  private moved(index = this.viewport.getCurrentImageIdIndex()): void {
    this.here = index;
    if (!this.showing) this.wanted = index;
    this.slider.value = String(index);
    this.prefetch?.move(index);
    this.tell();
  }

  private tell(): void {
    const { center, width } = this.window;
    const lossy = numbers(this.frames[this.here]?.metadata ?? {}, "00282110")[0] === 1;
    this.root.dataset.slice = String(this.here + 1);
    this.root.dataset.windowCenter = String(center);
    this.root.dataset.windowWidth = String(width);
    this.line.textContent = [
      fill(this.texts.image, { n: this.here + 1, m: this.frames.length }),
      `${this.texts.window} ${center} / ${width}`,
      lossy ? this.texts.lossy : "",
      this.scene.current!.software ? this.texts.software : "",
    ].filter(Boolean).join(" · ");
  }

  private get window(): Window {
    const range = this.viewport.getProperties().voiRange;
    if (!range) return { center: 0, width: 0 };
    return {
      center: Math.round((range.upper + range.lower) / 2),
      width: Math.round(range.upper - range.lower),
    };
  }

  private apply(window: Window | undefined): void {
    if (!window) return;
    const { center, width } = window;
    this.viewport.setProperties({ voiRange: { lower: center - width / 2, upper: center + width / 2 } });
    this.viewport.render();
    this.tell();
  }

  private invert(): void {
    this.viewport.setProperties({ invert: !this.viewport.getProperties().invert });
    this.viewport.render();
  }

  private reset(): void {
    this.viewport.resetCamera();
    this.scene.current!.clear();
    this.apply(this.presets[0]?.window());
  }

  private async keep(): Promise<void> {
    const frame = this.frames[this.here];
    if (!frame || !this.row) return;
    if (!this.caption.value.trim()) {
      this.note.textContent = this.texts.caption_ask ?? "";
      this.caption.focus();
      return;
    }
    const { center, width } = this.window;
    const body = new URLSearchParams({
      csrfmiddlewaretoken: this.root.dataset.csrf ?? "",
      study: this.row.study,
      series: this.row.series,
      instance: frame.sop,
      frame: String(frame.frame),
      window_center: String(center),
      window_width: String(width),
      caption: this.caption.value.trim(),
    });
    this.note.textContent = this.texts.keyimage_saving;
    try {
      const answer = await fetch(this.root.dataset.keyImageUrl ?? "", {
        method: "POST",
        body,
        credentials: "same-origin",
        headers: { Accept: "application/json" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      this.note.textContent = this.texts.keyimage_saved;
      this.caption.value = "";
      this.root.dispatchEvent(new CustomEvent("viewer:key-image", { bubbles: true }));
    } catch {
      this.note.textContent = this.texts.keyimage_failed;
    }
  }
}

export async function mount(root: HTMLElement): Promise<void> {
  try {
    await Pane.open(root);
  } catch (error) {
    cache.purgeCache();
    root.dataset.failed = error instanceof Error ? error.message : "failed";
    root.replaceChildren(make("p", "viewer-note", textsOf(root).failed));
  }
}
