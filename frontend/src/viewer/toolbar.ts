/** The buttons over the pictures: tools, what turns and plays, windows. */
import { make } from "../shared/dom";
import type { Hand } from "./engine";
import { icon } from "./icons";
import type { Say } from "./texts";
import type { Preset } from "./windows";

export const TOOLS: [Hand, string][] = [
  ["window", "w"], ["scroll", "s"], ["zoom", "z"], ["move", "m"],
  ["length", "l"], ["angle", "a"], ["ellipse", "e"], ["probe", "p"],
];
// The other buttons, in groups: what they are called, and their key.
const OTHERS: [string, string][][] = [
  [["invert", "i"], ["rotate", "]"], ["mirror", "h"], ["upend", "v"], ["reset", "r"]],
  [["play", ""]],
  [["planes", "o"], ["compare", "c"], ["link", "n"], ["large", "f"], ["help", "?"]],
];

export class Toolbar {
  readonly element = make("div", "viewer-head");
  private readonly windows = make("div", "viewer-windows");
  private readonly rate = make("input", "viewer-rate");
  private readonly buttons = new Map<string, HTMLButtonElement>();

  /** `settle` gives the keys back to the picture, `press` does what a button says. */
  constructor(
    private readonly say: Say,
    private readonly settle: () => void,
    press: (name: string) => void,
    paced: (rate: number) => void,
    private readonly windowed: (index: number) => void,
  ) {
    this.rate.type = "number";
    this.rate.min = "1";
    this.rate.max = "60";
    this.rate.setAttribute("aria-label", say("rate"));
    this.rate.title = say("rate");
    this.rate.addEventListener("change", () => {
      paced(Math.min(60, Math.max(1, Number(this.rate.value) || 10)));
    });
    const bar = make("div", "viewer-tools");
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", say("tools"));
    for (const names of [TOOLS.slice(0, 4), TOOLS.slice(4), ...OTHERS]) {
      const group = make("div", "viewer-group");
      for (const [name, key] of names) {
        group.append(this.button(name, key, press));
        if (name === "play") group.append(this.rate);
      }
      bar.append(group);
    }
    this.element.append(bar, this.windows);
  }

  private button(name: string, key: string, press: (name: string) => void): HTMLButtonElement {
    const made = make("button", "viewer-button");
    const words = this.say(name) + (key ? ` (${key.toUpperCase()})` : "");
    made.title = words;
    made.dataset.tool = name;
    made.setAttribute("aria-label", words);
    made.append(icon(name));
    this.pressed(made, () => press(name));
    this.buttons.set(name, made);
    return made;
  }

  private pressed(made: HTMLButtonElement, press: () => void): void {
    made.type = "button";
    made.addEventListener("click", ({ detail }) => {
      // After the mouse, the next key is meant for the picture; who works by keys stays here.
      if (detail) this.settle();
      press();
    });
  }

  tell(on: Record<string, boolean>, rate: number, linking: boolean): void {
    for (const [name, each] of Object.entries(on)) this.buttons.get(name)?.setAttribute("aria-pressed", String(each));
    this.buttons.get("link")!.hidden = !linking;
    if (document.activeElement !== this.rate) this.rate.value = String(rate);
  }

  presets(presets: Preset[]): void {
    const labels = presets.map(({ label }) => label).join();
    if (this.windows.dataset.labels === labels) return;
    this.windows.dataset.labels = labels;
    this.windows.replaceChildren(
      ...presets.map((preset, index) => {
        const button = make("button", "viewer-button", preset.label);
        button.title = `${preset.label} (${index + 1})`;
        this.pressed(button, () => this.windowed(index));
        return button;
      }),
    );
  }
}
