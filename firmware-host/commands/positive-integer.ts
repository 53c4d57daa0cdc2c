import { InvalidArgumentError } from 'commander';

/** Parses a command's option that must be a whole number from 1 to a million. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000)
    throw new InvalidArgumentError('not a whole number above 0');
  return value;
}
