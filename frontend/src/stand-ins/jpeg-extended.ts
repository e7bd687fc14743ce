/**
 * Stands in for the JPEG Extended decoder (1.2.840.10008.1.2.4.51, .53, .55).
 *
 * 8-bit frames go to libjpeg-turbo. 12-bit frames are refused: the decoder that this replaces
 * shows them about 15 units too bright, and a wrong value is worse than none.
 */
// @ts-expect-error: the image loader does not type its decoders
import decode8bit from "@cornerstonejs/dicom-image-loader/decoders/8bit";

interface Frame {
  bitsAllocated: number;
}

export function initialize(): Promise<void> {
  return Promise.resolve();
}

export default async function decode(frame: Frame, pixels: Uint8Array): Promise<unknown> {
  if (frame.bitsAllocated > 8) {
    throw new Error("12-bit JPEG cannot be shown with true values");
  }
  return decode8bit(pixels, { ...frame });
}
