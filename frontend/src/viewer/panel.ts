/** The series of the case, with a small picture of each. */
import { make } from "../shared/dom";
import type { Row } from "./series";
import type { Say } from "./texts";

export class Panel {
  readonly element = make("ul", "viewer-series");
  private readonly buttons: HTMLButtonElement[] = [];
  private readonly pictures: [HTMLImageElement, string][] = [];

  constructor(private readonly rows: Row[], say: Say, choose: (row: Row) => void) {
    this.element.setAttribute("aria-label", say("series"));
    for (const row of rows) {
      const button = make("button", "viewer-series-button");
      button.type = "button";
      if (row.thumbnail) {
        const picture = make("img");
        picture.alt = "";
        picture.width = picture.height = 64;
        this.pictures.push([picture, row.thumbnail]);
        button.append(picture);
      }
      const label = make("span");
      label.append(make("bdi", "", row.label), ` (${row.count})`);
      button.append(label);
      button.addEventListener("click", () => choose(row));
      const item = make("li");
      item.append(button);
      this.element.append(item);
      this.buttons.push(button);
    }
  }

  /** One small picture after the other, so that they never stand in the way of an image. */
  async illustrate(): Promise<void> {
    for (const [picture, address] of this.pictures.splice(0)) {
      await new Promise<void>((done) => {
        picture.addEventListener("load", () => done());
        // A series without a picture of it can still be opened.
        picture.addEventListener("error", () => {
          picture.remove();
          done();
        });
        picture.src = address;
      });
    }
  }

  mark(shown: (Row | undefined)[], active: Row | undefined): void {
    this.buttons.forEach((button, index) => {
      const row = this.rows[index]!;
      button.setAttribute("aria-pressed", String(shown.includes(row)));
      button.toggleAttribute("data-active", row === active);
    });
  }
}
