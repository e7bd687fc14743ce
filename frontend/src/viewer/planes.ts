/** Three cuts through a volume (MPR), linked by crosshairs. */
import { type Types, volumeLoader } from "@cornerstonejs/core";
import { make } from "../shared/dom";
import { annotation, cache, close, crossPlanes, type Direction, engine, Enums, MEASURING, openPlane, setPlanesHand, type VolumeViewport } from "./engine";
import { dot } from "./geometry";
import { letters, line } from "./metadata";
import type { Say } from "./texts";
import type { Window } from "./windows";

const DIRECTIONS: Direction[] = ["axial", "sagittal", "coronal"];
let made = 0;

export class Planes {
  readonly element = make("div", "viewer-planes");
  private readonly ids: string[] = [];
  private under: VolumeViewport | undefined; // the pointer
  private readonly volume: string;

  private constructor(private readonly say: Say, number: number) {
    this.volume = `cornerstoneStreamingImageVolume:planes-${number}`;
  }

  /** All images must have been loaded before: a missing one would be a hole. */
  static async open(place: HTMLElement, imageIds: string[], window: Window, at: number[] | undefined, say: Say, told: () => void): Promise<Planes> {
    const planes = new Planes(say, ++made);
    place.append(planes.element);
    const volume = await volumeLoader.createAndCacheVolume(planes.volume, { imageIds });
    (volume as unknown as { load(): void }).load();
    for (const direction of DIRECTIONS) {
      const id = `planes-${made}-${direction}`;
      const screen = make("div", "viewer-plane");
      const words = make("p", "viewer-plane-line");
      screen.addEventListener("contextmenu", (event) => event.preventDefault());
      const cell = make("div", "viewer-plane-cell");
      cell.append(words, screen);
      planes.element.append(cell);
      planes.ids.push(id);
      const viewport = openPlane(screen, id, direction);
      await viewport.setVolumes([{ volumeId: planes.volume }]);
      screen.addEventListener(Enums.Events.CAMERA_MODIFIED, () => planes.tell(viewport, words, direction));
      screen.addEventListener(Enums.Events.VOI_MODIFIED, told);
      screen.addEventListener("pointerenter", () => (planes.under = viewport));
      planes.tell(viewport, words, direction);
    }
    crossPlanes(planes.ids);
    setPlanesHand("cross");
    planes.apply(window);
    for (const viewport of at ? planes.viewports : []) planes.jump(viewport, at!);
    planes.redraw();
    return planes;
  }

  redraw(): void {
    engine().renderViewports(this.ids);
  }

  private jump(viewport: VolumeViewport, at: number[]): void {
    const { focalPoint, position, viewPlaneNormal } = viewport.getCamera();
    const away = dot(viewPlaneNormal!, at) - dot(viewPlaneNormal!, focalPoint!);
    const moved = (point: Types.Point3) =>
      point.map((value, index) => value + viewPlaneNormal![index]! * away) as Types.Point3;
    viewport.setCamera({ focalPoint: moved(focalPoint!), position: moved(position!) });
  }

  get viewports(): VolumeViewport[] {
    return this.ids.map((id) => engine().getViewport(id) as VolumeViewport);
  }

  /** Where the cut lies that is most parallel to the planes of this normal, in mm along it. */
  place(normal: number[]): number {
    const cameras = this.viewports.map((viewport) => viewport.getCamera());
    const along = cameras.map(({ viewPlaneNormal }) => Math.abs(dot(viewPlaneNormal!, normal)));
    return dot(cameras[along.indexOf(Math.max(...along))]!.focalPoint!, normal);
  }

  /** So many cuts on in the plane under the pointer, else in the first; `round`: from the end to the start. */
  step(by: number, round = false): void {
    const viewport = this.under ?? this.viewports[0]!;
    const before = viewport.getSliceIndex();
    viewport.scroll(by);
    if (round && viewport.getSliceIndex() === before) viewport.scroll(-before);
  }

  apply({ center, width }: Window): void {
    for (const viewport of this.viewports) {
      viewport.setProperties({ voiRange: { lower: center - width / 2, upper: center + width / 2 } });
      viewport.render();
    }
  }

  invert(on: boolean): void {
    for (const viewport of this.viewports) {
      viewport.setProperties({ invert: on });
      viewport.render();
    }
  }

  reset(): void {
    for (const viewport of this.viewports) {
      viewport.resetCamera();
      viewport.render();
    }
  }

  private tell(viewport: VolumeViewport, told: HTMLElement, direction: Direction): void {
    const from = viewport.canvasToWorld([0, 0]);
    const towards = (to: Types.Point3) => {
      const way = from.map((value, index) => value - to[index]!);
      const length = Math.hypot(...way) || 1;
      return letters(way.map((value) => value / length));
    };
    const { clientWidth, clientHeight } = viewport.element;
    const left = towards(viewport.canvasToWorld([clientWidth, 0]));
    const top = towards(viewport.canvasToWorld([0, clientHeight]));
    const { focalPoint, viewPlaneNormal } = viewport.getCamera();
    // Counted towards L, P or H, as the place of an image is.
    const largest = viewPlaneNormal!.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0);
    const place = dot(focalPoint!, viewPlaneNormal!) * Math.sign(largest);
    told.replaceChildren(...line([
      this.say(direction), `← ${left}`, `↑ ${top}`, this.say("place", { n: place.toFixed(1) }),
    ]));
  }

  /** What was measured on these cuts; it ends with them. */
  get measured(): string[] {
    return annotation.state.getAllAnnotations()
      .filter(({ metadata }) => (metadata as { volumeId?: string }).volumeId === this.volume)
      .filter(({ metadata }) => MEASURING.includes(metadata!.toolName))
      .map(({ annotationUID }) => annotationUID!);
  }

  shut(): void {
    for (const uid of this.measured) annotation.state.removeAnnotation(uid);
    close(this.ids);
    cache.removeVolumeLoadObject(this.volume);
    this.element.remove();
  }
}
