import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const probability = z.number().min(0).max(1);

/** What the program must know of the detector's file; the card's other fields are for people. */
export const detectorCardSchema = z.object({
  sha256,
  /** Corners are given from a cell's centre, in units of this many input pixels. */
  stridePx: z.number().int().positive().max(64).default(8),
  /** The input area it was trained for; other sizes of about this area work as well. */
  inputWidthPx: z.number().int().positive().max(8192).default(640),
  inputHeightPx: z.number().int().positive().max(8192).default(384),
  /** Peaks of the score map below this are not plates. */
  scoreThreshold: probability.default(0.3),
});

/** What the program must know of the reader's file. */
export const readerCardSchema = z.object({
  sha256,
  /** Characters in the order of the output columns, after the CTC blank. */
  alphabet: z.string().regex(/^[0-9A-Z]{1,64}$/),
  /** International vehicle registration codes in the order of the country output. */
  countries: z.array(z.string().min(1).max(8)).min(1).max(128),
  /** The characters' log-probabilities are divided by this before they are used: fitted on real plates. */
  temperature: z.number().positive().max(10).default(1),
  /** The plate's quadrilateral is grown by these shares of its width and height, each side, before it is read. */
  growX: z.number().min(0).max(0.5).default(0.04),
  growY: z.number().min(0).max(0.5).default(0.08),
});

export type DetectorCard = z.infer<typeof detectorCardSchema>;
export type ReaderCard = z.infer<typeof readerCardSchema>;
