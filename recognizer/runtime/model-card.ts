import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const probability = z.number().min(0).max(1);

const side = z.number().int().positive().max(8192);

/** How large a model is and how it computes, for benchmarks. */
const size = {
  parameters: z.number().int().positive().optional(),
  /** Multiply-adds of one run: of a whole picture for the detector, of one plate for the reader. */
  multiplyAdds: z.number().int().positive().optional(),
  precision: z.enum(['int8', 'float32']).default('float32'),
};

/** What the program must know of the detector's file; the card's other fields are for people. */
export const detectorCardSchema = z.object({
  sha256,
  ...size,
  /** The input size it was trained for and the grey around pictures; other sizes of about this area work as well. */
  input: z.object({
    width: side.default(640),
    height: side.default(384),
    padding: z.number().int().min(0).max(255).default(128),
  }),
  /** Corners are given from a cell's centre, in units of this many input pixels. */
  output: z.object({ stride: z.number().int().positive().max(64).default(8) }),
  /** Peaks of the score map below this are not plates. */
  scoreThreshold: probability.default(0.3),
});

/** What the program must know of the reader's file. */
export const readerCardSchema = z.object({
  sha256,
  ...size,
  /** Characters in the order of the output columns, after the CTC blank. */
  alphabet: z.string().regex(/^[0-9A-Z]{1,64}$/),
  /** International vehicle registration codes in the order of the country output. */
  countries: z.array(z.string().min(1).max(8)).min(1).max(128),
  /** The plate's quadrilateral is grown by these shares of its width and height, each side, before it is read. */
  input: z.object({
    marginX: z.number().min(0).max(0.5).default(0.04),
    marginY: z.number().min(0).max(0.5).default(0.08),
    /** Normalised pixels are rounded to whole multiples of these, of the crop and of the plate's ends. */
    cropStep: z.number().positive().max(1),
    endsStep: z.number().positive().max(1),
  }),
});

export type DetectorCard = z.infer<typeof detectorCardSchema>;
export type ReaderCard = z.infer<typeof readerCardSchema>;
