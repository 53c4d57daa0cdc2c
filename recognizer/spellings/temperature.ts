/**
 * Log-probabilities, columns of `symbols` each, softened (above 1) or sharpened (below 1) and normalised again.
 * At 1 they come back as they are.
 */
export function withTemperature(logProbabilities: Float32Array, symbols: number, temperature: number): Float32Array {
  if (temperature === 1) return logProbabilities;
  const result = new Float32Array(logProbabilities.length);
  for (let column = 0; column < logProbabilities.length; column += symbols) {
    let sum = 0;
    for (let i = column; i < column + symbols; i++) {
      const scaled = (logProbabilities[i] ?? 0) / temperature;
      result[i] = scaled;
      sum += Math.exp(scaled);
    }
    const logSum = Math.log(sum);
    for (let i = column; i < column + symbols; i++) result[i] = (result[i] ?? 0) - logSum;
  }
  return result;
}
