/** What is said around a picture, never on it: who, where, which way, how large. */
import { make } from "../shared/dom";
import type { StackViewport } from "./engine";
import { ofFrame, planeOf } from "./geometry";
import { isLossy, letters, numbers, who } from "./metadata";
import { type Frame, others, type Row } from "./series";
import type { Say } from "./texts";

const SIDES = ["top", "left", "right", "bottom"] as const;
const LONGEST = 0.3; // of the picture's width

export class Overlay {
  readonly who = make("p", "viewer-who");
  readonly frame = make("div", "viewer-frame");
  readonly foot = make("div", "viewer-foot");
  private readonly line = make("p", "viewer-line");
  private readonly bar = make("span", "viewer-scale-bar");
  private readonly size = make("span", "viewer-scale-size");
  private readonly problem = make("p", "viewer-problem");
  private readonly sides = Object.fromEntries(
    SIDES.map((side) => [side, make("span", `viewer-letter viewer-letter-${side}`)]),
  ) as Record<(typeof SIDES)[number], HTMLElement>;

  constructor(screen: HTMLElement, private readonly say: Say) {
    // Left is left of the picture in every language.
    this.frame.dir = "ltr";
    this.line.setAttribute("aria-live", "polite");
    this.problem.setAttribute("role", "alert");
    this.problem.hidden = true;
    const scale = make("p", "viewer-scale");
    scale.dir = "ltr";
    scale.append(this.bar, this.size);
    this.frame.append(...Object.values(this.sides), screen, scale, this.problem);
    this.foot.append(this.line);
  }

  /** The picture is blanked while another cannot be shown: never one image under another's number. */
  fail(message: string, detail = ""): void {
    this.frame.toggleAttribute("data-blank", message !== "");
    this.problem.hidden = message === "";
    this.problem.textContent = message;
    this.problem.title = detail;
  }

  get failed(): boolean {
    return !this.problem.hidden;
  }

  name({ metadata }: Frame, row: Row): void {
    this.who.replaceChildren(...who(metadata), ...others(row, this.say));
  }

  /** Puts the image that was seen at once over the screen, until the screen shows its own. */
  cover(seen: Element): void {
    this.frame.append(seen);
  }

  tell(frame: Frame | undefined, facts: string[]): void {
    this.line.textContent = [...facts, ...(frame ? this.of(frame) : [])].filter(Boolean).join(" · ");
  }

  /** What the file says of an image. */
  private of({ metadata, frame }: Frame): string[] {
    const plane = planeOf(metadata, frame);
    const thickness = ofFrame(metadata, frame, "00180050")[0];
    const ratio = numbers(metadata, "00282112")[0];
    return [
      plane ? this.say("place", { n: plane.place.toFixed(1) }) : "",
      thickness ? this.say("thickness", { n: Number(thickness.toFixed(2)) }) : "",
      isLossy(metadata)
        ? this.say("lossy") + (ratio ? ` ${Math.round(ratio)}:1` : "")
        : "",
    ];
  }

  /** Letters and scale from where the corners of the picture lie now; blank where nothing is known. */
  orient(viewport: StackViewport, frame: Frame): void {
    const { clientWidth, clientHeight } = viewport.element;
    const corner = viewport.canvasToWorld([0, 0]);
    const way = (to: ArrayLike<number>) => {
      const found = Array.from(to, (value, index) => value - corner[index]!);
      const length = Math.hypot(...found) || 1;
      return { unit: found.map((value) => value / length), length };
    };
    const right = way(viewport.canvasToWorld([clientWidth, 0]));
    const down = way(viewport.canvasToWorld([0, clientHeight]));
    const known = planeOf(frame.metadata, frame.frame) !== undefined;
    const told = (unit: number[], sign: number) => (known ? letters(unit.map((value) => value * sign)) : "");
    this.sides.right.textContent = told(right.unit, 1);
    this.sides.left.textContent = told(right.unit, -1);
    this.sides.bottom.textContent = told(down.unit, 1);
    this.sides.top.textContent = told(down.unit, -1);
    this.scale(ofFrame(frame.metadata, frame.frame, "00280030").length === 2, right.length / clientWidth, clientWidth);
  }

  private scale(calibrated: boolean, each: number, wide: number): void {
    const known = calibrated && each > 0 && Number.isFinite(each);
    this.bar.parentElement?.toggleAttribute("data-unknown", !known);
    if (!known) {
      this.size.textContent = this.say("uncalibrated");
      return;
    }
    const most = each * wide * LONGEST;
    const power = 10 ** Math.floor(Math.log10(most));
    const length = [5, 2, 1].map((step) => step * power).find((step) => step <= most) ?? power;
    this.bar.style.width = `${length / each}px`;
    this.size.textContent = length >= 10 ? `${length / 10} cm` : `${Number(length.toPrecision(1))} mm`;
  }
}
