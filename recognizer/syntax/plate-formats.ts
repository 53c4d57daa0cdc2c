/** What a country's plates may say. Written as regular expressions in which `@` is one of the letters and `#` a digit. */
export interface CountryFormats {
  /** International vehicle registration code. */
  readonly country: string;
  /** Letters that the ordinary series use; series outside them name their letters. */
  readonly letters: string;
  /** Series that make up nearly all traffic. */
  readonly ordinary: readonly string[];
  /** Old, diplomatic, trade and military series. Personal plates follow no format and are left to the eye. */
  readonly rare: readonly string[];
}

const ALL = 'A-Z';
const ANY = '[A-Z]';

/**
 * Formats from the public descriptions of each country's registration series, without separators, diacritics folded.
 * The four countries that exchange lists first. A country that is missing here is judged by nothing.
 */
export const PLATE_FORMATS: readonly CountryFormats[] = [
  {
    country: 'NL',
    letters: 'A-PR-Z',
    // Sidecodes 1 to 14 in order, as the Dutch vehicle authority (RDW) numbers them.
    ordinary: [
      '@@####',
      '####@@',
      '##@@##',
      '@@##@@',
      '@@@@##',
      '##@@@@',
      '##@@@#',
      '#@@@##',
      '@@###@',
      '@###@@',
      '@@@##@',
      '@##@@@',
      '#@@###',
      '###@@#',
    ],
    rare: ['CDJ?###', 'CD####', 'CDJ##', 'AA##', '@@@@@#'],
  },
  {
    country: 'B',
    letters: ALL,
    ordinary: ['[1-9]@@@###', '@@@###', '###@@@', '[OQTUWZS]@@@###', '[1-9][QTUMWSO]@@###'],
    rare: [
      `CD${ANY}{1,2}###`,
      'CD###',
      `Q${ANY}{2}###`,
      '#####',
      `${ANY}####`,
      `${ANY}###${ANY}{1,2}`,
      '#{1,3}',
      `${ANY}{3}###`,
    ],
  },
  {
    country: 'F',
    letters: 'A-HJ-NP-TV-Z',
    // The system of 2009, then the national file before it: number, letters, department.
    ordinary: ['@@###@@', '#{1,4}@{1,3}(##|2[AB])', '#{1,4}@{1,3}97[1-6]'],
    rare: ['WW###@@', 'W###@@', '#{1,4}(CD|CMD|C|K)#{1,4}', '#{4,8}', '@@##@'],
  },
  {
    country: 'L',
    letters: ALL,
    ordinary: ['@@####', '#{4,5}'],
    rare: ['@@###', '@####', '#{1,6}', 'CD####', 'CD######', 'P####'],
  },
  {
    country: 'D',
    letters: ALL,
    ordinary: ['@{1,3}@{1,2}#{1,4}[EH]?'],
    rare: ['@{1,3}#{1,6}', '0#{3,6}', 'Y#{3,6}', 'THW#{4,5}', 'B[DPW]G?#{1,5}', '@{1,3}0[3-7]#{1,5}'],
  },
  {
    country: 'GB',
    letters: 'A-PR-Z',
    ordinary: ['@@##@@@', '@#{1,3}@@@', '@@@#{1,3}@'],
    rare: ['@{1,3}#{1,4}', '#{1,4}@{1,3}', '@{1,2}IZ#{1,4}', '[A-Z]{3}#{1,4}', 'Q#{1,3}@@@', '###[DX]###'],
  },
  {
    country: 'I',
    letters: 'A-HJ-NPR-TV-Z',
    ordinary: ['@@###@@', '@@#####'],
    rare: [
      `${ANY}{2}#####${ANY}`,
      `${ANY}{2}#{6}`,
      'ROMA[A-Z0-9]#####',
      `E[A-Z]###${ANY}{2}`,
      'CD###@@',
      'CC###@@',
      `X[A-Z]#{3}[A-Z]{2}`,
    ],
  },
  {
    country: 'E',
    letters: 'B-DF-HJ-NPR-TV-Z',
    ordinary: ['####@@@', `${ANY}{1,2}####${ANY}{1,2}`],
    rare: ['[EPRSTVCH]####@@@', `${ANY}{1,2}#{1,6}`, '(CD|CC|OI|TA)#{4,6}', `(PGC|ET|EA|CNP|DGP|MF)#{4,5}${ANY}?`],
  },
  {
    country: 'P',
    letters: ALL,
    ordinary: ['@@##@@', '##@@##', '####@@', '@@####'],
    rare: ['###(CD|CC|FM)###', `${ANY}{1,2}#{5,6}`, '[AM]#{5}'],
  },
  {
    country: 'A',
    letters: ALL,
    ordinary: ['@{1,2}#{1,5}@{1,3}'],
    rare: ['@{1,2}@{2,5}#{1,3}', '@{1,2}#{1,6}', '@{1,3}#{3,6}', '(BD|BP|BB|BG)#{3,6}'],
  },
  {
    country: 'CH',
    letters: ALL,
    ordinary: ['(ZH|BE|LU|UR|SZ|OW|NW|GL|ZG|FR|SO|BS|BL|SH|AR|AI|SG|GR|AG|TG|TI|VD|VS|NE|GE|JU)#{1,6}'],
    rare: ['(CD|CC|AT)@@#{3,6}', '[AM]#{4,6}', '@@#{1,6}[UV]', '#{4,6}'],
  },
  { country: 'FL', letters: ALL, ordinary: ['FL#{1,6}'], rare: [] },
  {
    country: 'PL',
    letters: ALL,
    ordinary: [
      '@@#####',
      '@@####@',
      '@@###@@',
      '@@#@###',
      '@@#@@##',
      '@@@@###',
      '@@@##@@',
      '@@@#@##',
      '@@@##@#',
      '@@@#@@#',
      '@@@@@##',
      '@@@#####',
      '@@@####@',
      '@@@###@@',
    ],
    rare: [
      '@#@[A-Z0-9]{3,5}',
      '@#@{3,5}',
      '@@####',
      '@@###@',
      '@@##@@',
      '@@@#@@',
      '@@@@@#',
      '@@@@@@',
      '@@@####',
      '@@@##@',
      'U[A-Z]#{5}',
      'W#{6}',
      'H[A-Z]{2}[A-Z0-9]{3,4}',
    ],
  },
  {
    country: 'CZ',
    letters: 'A-FH-NPR-VX-Z',
    ordinary: ['#@#####', '#@@####', '#@@@###'],
    rare: [
      '[A-Z]{2,3}####',
      'EL###[A-Z]{2}',
      '[A-Z0-9]{8}',
      '###(CD|XX)##',
      '#[A-Z]#{4}',
      '[0-9][A-Z]V#{4}',
      '##[A-Z]####',
    ],
  },
  {
    country: 'SK',
    letters: ALL,
    ordinary: ['@@###@@'],
    rare: ['@@@####', '@@####', '@@####@', '@@[A-Z]{3}##', '@@[A-Z]{5}', '@@#####', 'EE#{5}', '@@@###@@'],
  },
  {
    country: 'RO',
    letters: ALL,
    ordinary: [
      '(AB|AR|AG|BC|BH|BN|BT|BV|BR|BZ|CS|CL|CJ|CT|CV|DB|DJ|GL|GR|GJ|HR|HD|IL|IS|IF|MM|MH|MS|NT|OT|PH|SM|SJ|SB|SV|TR|TM|TL|VS|VL|VN)##@@@',
      'B#{2,3}@@@',
    ],
    rare: ['@{1,2}#{4,7}', '(CD|CO|TC)#{5,6}', 'A#{4,7}', 'MAI#{4,5}', '@{1,2}#{1,4}@{2,4}'],
  },
  {
    country: 'H',
    letters: ALL,
    ordinary: ['@@@###', '@@@@###'],
    rare: ['@@@@##', '@@@@@#', '[A-Z]#####', '(CD|CK|DT|HC|OT|RX|RR|MA|RE)#{4,6}', '@@####', 'P#{5}'],
  },
  {
    country: 'SLO',
    letters: ALL,
    ordinary: ['(LJ|MB|CE|KP|KR|NM|GO|MS|SG|PO|KK)[A-Z0-9]{5}'],
    rare: ['(LJ|MB|CE|KP|KR|NM|GO|MS|SG|PO|KK)[A-Z0-9]{3,6}', '(CD|CC|CMD)#{4,6}'],
  },
  { country: 'HR', letters: ALL, ordinary: ['@@#{3,4}@{1,2}'], rare: ['@@[A-Z0-9]{4,7}', '###[ACM]###'] },
  {
    country: 'BG',
    letters: 'ABEKMHOPCTYX',
    ordinary: ['@{1,2}####@{2}'],
    rare: ['@{1,2}####@', '@{1,2}#{6}', 'EA####@@', '(CT|C|CC|XX)#{4}'],
  },
  {
    country: 'GR',
    letters: 'ABEZHIKMNOPTYX',
    ordinary: ['@@@####'],
    rare: ['@@####', '(DC|CD|DS|XA)#{4,6}', '@@@#{1,3}', '@@#{1,4}'],
  },
  {
    country: 'S',
    letters: 'A-HJ-PR-UW-Z',
    ordinary: ['@@@###', '@@@##@'],
    rare: ['@@###[A-Z]', '@@@###T'],
  },
  { country: 'N', letters: ALL, ordinary: ['@@#####', '@@####'], rare: ['[A-Z]{2}#{3}', '#{5,6}'] },
  { country: 'DK', letters: ALL, ordinary: ['@@#####'], rare: ['@@####'] },
  { country: 'FIN', letters: ALL, ordinary: ['@@@#{1,3}'], rare: ['@@#{1,3}', 'C[CD]#{1,5}', '@#{1,3}', '@@@#{1,4}'] },
  { country: 'EST', letters: ALL, ordinary: ['###@@@'], rare: ['##@@@', '@{2,3}#{2,4}'] },
  { country: 'LV', letters: ALL, ordinary: ['@@#{1,4}'], rare: ['@@@###', '(CD|CC)#{3,4}'] },
  {
    country: 'LT',
    letters: ALL,
    ordinary: ['@@@###'],
    rare: ['@@####', 'E[A-Z]####', '#{6}', 'T#{5}'],
  },
  {
    country: 'IRL',
    letters: ALL,
    ordinary: ['##[12]?(C|CE|CN|CW|D|DL|G|KE|KK|KY|L|LD|LH|LK|LM|LS|MH|MN|MO|OY|RN|SO|TN|TS|T|W|WD|WH|WW|WX)#{1,6}'],
    rare: ['Z[A-Z]#{3,5}', '[A-Z]{1,3}#{1,4}', '#{1,4}[A-Z]{1,3}'],
  },
  { country: 'TR', letters: ALL, ordinary: ['[0-8]#@{1,3}#{2,5}'], rare: [] },
  { country: 'CY', letters: ALL, ordinary: ['@@@###'], rare: ['@{1,2}#{1,4}', '(CD|CC|UN)#{3,6}'] },
  { country: 'M', letters: ALL, ordinary: ['@@@###'], rare: [] },
  { country: 'UA', letters: 'ABCEHIKMOPTX', ordinary: ['@@####@@'], rare: [] },
  { country: 'SRB', letters: ALL, ordinary: ['@@#{3,5}@@'], rare: ['@@#{5,6}'] },
];
