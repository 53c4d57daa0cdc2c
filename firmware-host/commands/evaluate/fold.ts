/** O taken for 0 and I for 1, which some national typefaces do not distinguish. */
export function fold(text: string): string {
  return text.replaceAll('O', '0').replaceAll('I', '1');
}
