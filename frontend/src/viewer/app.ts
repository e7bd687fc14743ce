/** The viewer: one pane or two, their tools, keys, series, measurements. Contract: frontend/README.md. */
import { make } from "../shared/dom";
import { type Hand, setHand, setPlanesHand, software, start } from "./engine";
import { parallel, planeOf } from "./geometry";
import { Help, type Key } from "./help";
import { KeyImages } from "./key-images";
import { Marks } from "./marks";
import { linesFor } from "./measures";
import type { Metadata } from "./metadata";
import { Note } from "./note";
import { empty, Pane } from "./pane";
import { Panel } from "./panel";
import type { Look, Places } from "./places";
import { firstOf, type Row } from "./series";
import { type Say, wordsOf } from "./texts";
import { Toolbar, TOOLS } from "./toolbar";

/** What the door has asked for while this was being loaded. */
export interface Early {
  rows: Promise<Row[]>;
  first: Promise<Metadata[]>;
  places: Places;
}

class Viewer {
  private readonly panes: Pane[] = [];
  private active = 0;
  private hand: Hand;
  private linked = true;
  private offset = 0; // mm between the places of the two panes
  private following = false;
  private readonly stage = make("div", "viewer-stage");
  private readonly toolbar: Toolbar;
  private readonly note: Note;
  private readonly panel: Panel;
  private readonly help: Help;
  private readonly marks: Marks | undefined;
  private readonly keyImages: KeyImages | undefined;
  private readonly keys: Key[];

  constructor(
    private readonly root: HTMLElement,
    private readonly say: Say,
    private readonly rows: Row[],
    private readonly base: string,
    private readonly places: Places,
  ) {
    this.hand = matchMedia("(pointer: coarse)").matches ? "scroll" : "window";
    this.keys = this.keyTable();
    this.help = new Help(this.keys, say);
    this.panel = new Panel(rows, say, (row) => void this.open(this.active, row));
    this.note = new Note(say);
    const leave = () => this.pane.screen.focus({ preventScroll: true });
    this.toolbar = new Toolbar(
      say,
      leave,
      (name) => this.keys.find(({ word }) => word === name)?.press(""),
      (rate) => {
        this.pane.cine.rate = rate;
        this.tell();
      },
      (index) => this.pane.apply(this.pane.presets[index]?.window()),
    );
    const { marksUrl, keyImageUrl, csrf = "" } = root.dataset;
    if (marksUrl) {
      this.marks = new Marks(marksUrl, csrf, say, () => this.panes, rows, (look) => this.show(look), this.note);
    }
    if (keyImageUrl) {
      this.keyImages = new KeyImages(keyImageUrl, csrf, say, () => this.panes[this.active], this.marks, this.note, leave);
    }
    this.build();
    setHand(this.hand);
  }

  private build(): void {
    const body = make("div", "viewer-body");
    body.append(this.panel.element, this.stage);
    const bottom = make("div", "viewer-bottom");
    if (this.keyImages) bottom.append(this.keyImages.element);
    if (this.marks) bottom.append(this.marks.element);
    const said = make("div", "viewer-said");
    said.append(this.note.element, make("p", "viewer-purpose", this.say("purpose")));
    const seen = this.root.querySelector(".viewer-glance");
    this.root.replaceChildren(this.toolbar.element, body, said, bottom, this.help.element);
    this.root.addEventListener("keydown", (event) => this.press(event));
    this.root.addEventListener("viewer:values", (event) => {
      (event as CustomEvent<{ values?: ArrayLike<number> }>).detail.values = this.pane.values;
    });
    const pane = this.addPane();
    if (seen) pane.cover(seen);
  }

  private addPane(): Pane {
    const pane = new Pane(this.stage, this.base, this.say, this.places, (from, moved) => this.told(from, moved));
    const index = this.panes.push(pane) - 1;
    pane.element.addEventListener("pointerdown", () => this.activate(index), { capture: true });
    pane.element.addEventListener("focusin", () => this.activate(index));
    this.root.dataset.panes = String(this.panes.length);
    return pane;
  }

  private get pane(): Pane {
    return this.panes[this.active]!;
  }

  private activate(index: number): void {
    if (this.active === index || !this.panes[index]) return;
    this.active = index;
    this.keyImages?.turnTo(this.pane.row);
    this.tell();
  }

  async open(index: number, row: Row, look?: Look, early?: Promise<Metadata[]>): Promise<void> {
    const pane = this.panes[index]!;
    delete this.root.dataset.ready;
    const lost = pane.planes?.measured.length;
    // The same images beside each other are looked at in the same window.
    const twin = this.panes.find((each) => each !== pane && each.row === row && each.ready);
    await pane.open(row, look, early);
    if (twin && !look) pane.apply(twin.window);
    if (lost) this.note.tell(this.say("marks_ended"));
    this.marks?.hydrate(pane);
    this.measureOffset();
    this.keyImages?.turnTo(this.pane.row);
    this.tell();
    if (pane.ready) this.root.dataset.ready = "1";
  }

  private async show(look: Look): Promise<void> {
    const row = this.rows.find(({ study, series }) => study === look.study && series === look.series);
    if (!row) return;
    if (this.pane.row !== row) await this.open(this.active, row, look);
    else {
      await this.single();
      this.pane.look(look);
    }
    this.pane.screen.scrollIntoView({ block: "nearest" });
    this.pane.screen.focus({ preventScroll: true });
  }

  /** A key image of the list on the page is opened as it was looked at. */
  follow(event: Event): void {
    const from = (event.target as HTMLElement).closest<HTMLElement>("[data-open-key-image]");
    if (from) void this.show(JSON.parse(from.dataset.openKeyImage ?? "{}") as Look);
  }

  // Two panes

  private compare(): void {
    const first = this.panes[0]!;
    const whole = first.fits; // before it becomes narrower
    if (this.panes.length > 1) {
      this.panes.pop()!.shut();
      this.active = 0;
      this.root.dataset.panes = "1";
      this.tell();
      if (whole) first.fit();
      return;
    }
    this.addPane();
    const shown = first.row;
    // Another study of the same kind says most beside this one; else the next series.
    const others = this.rows.filter((row) => row !== shown);
    const row = others.find(({ study }) => study !== shown?.study) ?? others[0] ?? shown;
    if (row) void this.open(1, row);
    if (whole) first.fit();
  }

  private measureOffset(): void {
    const [a, b] = this.panes.map((pane) => pane.current && planeOf(pane.current.metadata, pane.current.frame));
    const same = this.panes.length > 1 && this.panes[0]!.frameOfReference === this.panes[1]!.frameOfReference;
    this.offset = a && b && !same ? b.place - a.place : 0;
  }

  /** The other pane goes to the image that lies nearest to the same place. */
  private lead(from: Pane): void {
    const other = this.panes.find((pane) => pane !== from);
    if (!this.linked || this.following || !other?.ready || !from.ready || !from.current) return;
    const here = planeOf(from.current.metadata, from.current.frame);
    const planes = other.frames.map(({ metadata, frame }) => planeOf(metadata, frame));
    this.following = true;
    if (here && planes.every((plane) => plane && parallel(plane, here))) {
      const wanted = here.place + (from === this.panes[0] ? this.offset : -this.offset);
      const away = planes.map((plane) => Math.abs(plane!.place - wanted));
      void other.go(away.indexOf(Math.min(...away)));
    } else if (!here) {
      void other.go(Math.round((from.here / Math.max(1, from.frames.length - 1)) * (other.frames.length - 1)));
    }
    this.following = false;
  }

  // Tools

  private choose(hand: Hand): void {
    this.hand = hand;
    setHand(hand);
    if (this.panes.some(({ cuts }) => cuts)) setPlanesHand(hand);
    this.tell();
  }

  private async cut(): Promise<void> {
    if (this.pane.cuts) await this.single();
    else {
      await this.pane.cut();
      this.tell();
    }
  }

  private async single(): Promise<void> {
    const { pane } = this;
    const lost = pane.planes?.measured.length;
    const cut = pane.cuts;
    await pane.single();
    if (cut) this.note.tell(lost ? this.say("marks_ended") : ""); // what was said of the planes has ended
    this.tell();
  }

  private play(): void {
    this.pane.cine.toggle();
    this.tell();
  }

  private large(): void {
    const on = this.root.toggleAttribute("data-large");
    document.documentElement.toggleAttribute("data-viewer-large", on);
    this.tell();
  }

  private escape(): void {
    if (this.root.hasAttribute("data-large")) this.large();
    else this.choose("window");
  }

  private keyTable(): Key[] {
    const step = (by: number) => () => this.pane.step(by);
    return [
      { keys: ["ArrowDown", "ArrowRight"], word: "key_next", press: step(1) },
      { keys: ["ArrowUp", "ArrowLeft"], word: "key_before", press: step(-1) },
      { keys: ["PageDown"], word: "key_ten_on", press: step(10) },
      { keys: ["PageUp"], word: "key_ten_back", press: step(-10) },
      { keys: ["Home"], word: "key_first", press: () => void this.pane.go(0) },
      { keys: ["End"], word: "key_last", press: () => void this.pane.go(this.pane.frames.length - 1) },
      { keys: [..."123456"], word: "key_preset", press: (key) => this.pane.apply(this.pane.presets[Number(key) - 1]?.window()) },
      ...TOOLS.map(([hand, key]): Key => ({ keys: [key], word: hand, press: () => this.choose(hand) })),
      { keys: ["+"], word: "key_closer", press: () => this.pane.zoom(1.25) },
      { keys: ["-"], word: "key_further", press: () => this.pane.zoom(0.8) },
      { keys: ["i"], word: "invert", press: () => this.pane.invert() },
      { keys: ["]"], word: "rotate", press: () => this.pane.rotate(90) },
      { keys: ["["], word: "rotate_back", press: () => this.pane.rotate(-90) },
      { keys: ["h"], word: "mirror", press: () => this.pane.flip("flipHorizontal") },
      { keys: ["v"], word: "upend", press: () => this.pane.flip("flipVertical") },
      { keys: ["r"], word: "reset", press: () => this.pane.reset() },
      { keys: [" "], word: "play", press: () => this.play() },
      { keys: ["o"], word: "planes", press: () => void this.cut() },
      { keys: ["c"], word: "compare", press: () => this.compare() },
      { keys: ["n"], word: "link", press: () => this.link() },
      { keys: ["f"], word: "large", press: () => this.large() },
      { keys: ["k"], word: "keyimage", press: () => this.keyImages?.focus() },
      { keys: ["Delete"], word: "key_remove", press: () => this.marks?.removeSelected() },
      { keys: ["Escape"], word: "key_leave", press: () => this.escape() },
      { keys: ["?"], word: "help", press: () => this.help.toggle() },
    ];
  }

  private press(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (target.matches("input:not([type=range]), textarea, select")) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "z") {
      if (this.note.takeBack()) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || this.help.element.open) return;
    // A button or slider keeps the keys that work it.
    if (target.matches("button, summary") && [" ", "Enter"].includes(event.key)) return;
    if (target.matches("[type=range]") && /^(Arrow|Page|Home|End)/.test(event.key)) return;
    const found = this.keys.find(({ keys }) => keys.includes(event.key));
    if (!found || !this.panes.length) return;
    event.preventDefault();
    event.stopPropagation();
    found.press(event.key);
  }

  private link(): void {
    this.linked = !this.linked;
    if (this.linked) this.measureOffset();
    this.tell();
  }

  // What is said

  private told(from: Pane, moved: boolean): void {
    if (moved) {
      this.note.tell(""); // it was said of another image
      this.lead(from);
    }
    if (from === this.panes[this.active]) this.tell();
  }

  private tell(): void {
    const { pane, root } = this;
    if (!pane) return;
    const { center, width } = pane.window;
    root.dataset.slice = String(pane.here + 1);
    root.dataset.windowCenter = String(center);
    root.dataset.windowWidth = String(width);
    root.dataset.loaded = String(pane.loaded);
    root.dataset.planes = String(pane.cuts);
    root.dataset.undecodable = String(pane.failed);
    this.note.cover(pane.note);
    const on: Record<string, boolean> = {
      planes: pane.cuts, compare: this.panes.length > 1, link: this.linked, play: pane.cine.playing,
      large: root.hasAttribute("data-large"),
    };
    for (const [hand] of TOOLS) on[hand] = hand === this.hand;
    this.toolbar.tell(on, pane.cine.rate, this.panes.length > 1);
    this.panes.forEach((each, index) => each.element.toggleAttribute("data-active", index === this.active));
    this.panel.mark(this.panes.map(({ row }) => row), pane.row);
    this.toolbar.presets(pane.coloured ? [] : pane.presets);
  }

  async begin(row: Row | undefined, early: Promise<Metadata[]>): Promise<void> {
    this.root.dataset.software = String(software());
    document.addEventListener("click", (event) => this.follow(event));
    if (row) await this.open(0, row, undefined, early);
    this.root.querySelector(".viewer-glance")?.remove();
    this.root.dataset.seen = "1";
    void this.panel.illustrate();
    await this.marks?.load().catch(() => this.note.tell(this.say("marks_not_loaded")));
  }
}

export async function mount(root: HTMLElement, early: Early): Promise<void> {
  const say = wordsOf(root);
  try {
    const [rows] = await Promise.all([early.rows, start(linesFor(say))]);
    const base = (root.dataset.summaryUrl ?? "").replace(/\/summary$/, "");
    await new Viewer(root, say, rows, base, early.places).begin(firstOf(rows), early.first);
  } catch (error) {
    empty();
    root.dataset.failed = error instanceof Error ? error.message : "failed";
    root.replaceChildren(make("p", "viewer-note", say("failed")));
  }
}
