import type { CountryPlates } from './plate-series.ts';

/**
 * What the vehicles carry that hardly ever come by. A country that the reader names and no table lists would have no unlisted vehicle:
 * then whatever is read of it would be the listed one. Series as in recognizer/syntax/countries, which names the sources.
 */
export const rarePlates: readonly CountryPlates[] = [
  {
    country: 'UA',
    traffic: 0.0025,
    banded: 0.9,
    letters: 'ABCEHIKMOPTX',
    words: `AA:4 KA:2 AB KB AC KC AE:3 KE:2 AH KH AI:2 KI AK KK AM KM AO KO AP KP AT KT AX:3 KX BA HA BB HB BC:3 HC:2 BE HE BH:3 HH BI HI BK HK BM HM BO HO BT HT BX HX CA IA CB IB CE IE CH PK
      TT TA MM OK CC CM TC PP MI TH MH TI ME TK MK TM MB MT MO TP MP TO XC XX XK XA EA EB EC XE XH`,
    series: [
      { pattern: 'W DDDD LL', part: 0.96 },
      { pattern: 'DDDDD LL', part: 0.02 },
      { pattern: 'W DDDD [YZ]L', part: 0.01 },
      { pattern: 'W DDDD L[YZ]', part: 0.01 },
    ],
  },
  {
    country: 'TR',
    traffic: 0.0015,
    banded: 0.97,
    letters: 'A-PR-VYZ',
    series: [
      { pattern: '[0-7]D LLL DDD', part: 0.3 },
      { pattern: '[0-7]D LL DDD', part: 0.2 },
      { pattern: '[0-7]D LLL DD', part: 0.2 },
      { pattern: '[0-7]D LL DDDD', part: 0.18 },
      { pattern: '[0-7]D L DDDD', part: 0.09 },
      { pattern: '[0-7]D L DDDDD', part: 0.01 },
      { pattern: '[8][01] LLL DD', part: 0.01 },
      { pattern: '[8][01] LL DDD', part: 0.01 },
    ],
  },
  {
    country: 'SRB',
    traffic: 0.001,
    banded: 0.95,
    letters: 'A-PR-Z',
    words: `BG:8 NS:3 NI:2 KG:2 SU:2 KV KS CA PA ZR SO VR LE SM SA VA PO UE JA AR BO ZA VS GM SD CU AL BB BC BJ BP BT BU BZ DE GL GN IC IN KA KC KI KL KO LB LO LU LA MI NG NP NV PB PE PI PK PN PP PR PT PZ
      RA RT RU SC SI SP SV TO TS TT UB UR VB VL VP ZI`,
    series: [
      { pattern: 'W*DDD-LL', part: 0.48 },
      { pattern: 'W*DDDD-LL', part: 0.46 },
      { pattern: 'W*DDDDD-LL', part: 0.02 },
      { pattern: 'LL-DDD*W', part: 0.04 },
    ],
  },
  {
    country: 'BIH',
    traffic: 0.0008,
    banded: 0.95,
    letters: 'AEJKMOT',
    series: [
      { pattern: 'LDD-L-DDD', part: 0.95 },
      { pattern: 'DDD-L-DDD', part: 0.05 },
    ],
  },
  {
    country: 'MNE',
    traffic: 0.0001,
    banded: 0.98,
    letters: 'A-PR-VZ',
    words: 'PG:3 BD BR CT DG HN KO NK PL PV UL TV AN BA BP KL MK PT RO SN ZB',
    series: [{ pattern: 'W*LL DDD', part: 1 }],
  },
  {
    country: 'NMK',
    traffic: 0.0003,
    banded: 0.9,
    letters: 'A-PR-VZ',
    words: 'SK:4 BT KU OH ST:2 TE:2 GV KA SR VE GE DB KI SU KP NE DE DK RA SN VI VV DH KO PP PS RE',
    series: [
      { pattern: 'W*DDDD-LL', part: 0.85 },
      { pattern: 'W*DDD-LL', part: 0.15 },
    ],
  },
  {
    country: 'RKS',
    traffic: 0.0002,
    banded: 0.95,
    letters: 'A-Z',
    series: [
      { pattern: '[0][1-7]*DDD-LL', part: 0.96 },
      { pattern: 'DDD [K][S] DDD', part: 0.04 },
    ],
  },
  {
    country: 'AL',
    traffic: 0.0004,
    banded: 0.97,
    letters: 'A-HJ-NPR-TV-Z',
    words: 'TR:5 DR:2 FR EL VL SH LE KO BR KR GJ LU PG KU',
    series: [
      { pattern: '[A]L DDD LL', part: 0.96 },
      { pattern: 'W DDDD L', part: 0.04 },
    ],
  },
  {
    country: 'MD',
    traffic: 0.0006,
    banded: 0.9,
    letters: 'A-PR-Z',
    words:
      'C:5 BL BR CA CC CL CM CN CR CS CT DN DR ED FL FR GE GL HN IL K LV NS OC OR RB RS RZ SD SG SL SR ST SV TA TL TR TS UN',
    series: [
      { pattern: 'LLL DDD', part: 0.8 },
      { pattern: 'W LL DDD', part: 0.2 },
    ],
  },
  {
    country: 'BY',
    traffic: 0.0003,
    banded: 0.8,
    letters: 'ABCEHIKMOPTX',
    series: [
      { pattern: 'DDDD LL-[1-8]', part: 0.85 },
      { pattern: 'LL DDDD-[1-8]', part: 0.07 },
      { pattern: 'LDDDD L-[1-8]', part: 0.05 },
      { pattern: '[E]DDD LL-[1-8]', part: 0.03 },
    ],
  },
  {
    country: 'RUS',
    traffic: 0.0001,
    banded: 0,
    letters: 'ABEKMHOPCTYX',
    series: [
      { pattern: 'L DDD LL DD', part: 0.48 },
      { pattern: 'L DDD LL [1279]DD', part: 0.48 },
      { pattern: 'LL DDDD DD', part: 0.04 },
    ],
  },
  { country: 'M', traffic: 0.0001, banded: 0.97, letters: 'A-Z', series: [{ pattern: 'LLL DDD', part: 1 }] },
  {
    country: 'CY',
    traffic: 0.00005,
    banded: 0.9,
    letters: 'A-HJ-NPR-Z',
    series: [
      { pattern: 'LLL DDD', part: 0.97 },
      { pattern: 'LL DDD', part: 0.03 },
    ],
  },
  {
    country: 'IS',
    traffic: 0.00005,
    banded: 0.5,
    letters: 'A-PR-VX-Z',
    series: [
      { pattern: 'LL*LDD', part: 0.6 },
      { pattern: 'LL*DDD', part: 0.4 },
    ],
  },
  {
    country: 'FL',
    traffic: 0.0001,
    banded: 0,
    letters: 'A-Z',
    series: [
      { pattern: '[F][L]*|[1-9]DDDD', part: 0.7 },
      { pattern: '[F][L]*|[1-9]DDD', part: 0.27 },
      { pattern: '[F][L]*|[1-9]DD', part: 0.02 },
      { pattern: '[F][L]*|[1-9]', part: 0.01 },
    ],
  },
  {
    country: 'MC',
    traffic: 0.0003,
    banded: 0.2,
    letters: 'A-HJ-NP-Z',
    series: [
      { pattern: '*DDDL', part: 0.3 },
      { pattern: '*LDDD', part: 0.3 },
      { pattern: '*DLDD', part: 0.15 },
      { pattern: '*DDLD', part: 0.15 },
      { pattern: '*DDDD', part: 0.1 },
    ],
  },
  { country: 'AND', traffic: 0.0002, banded: 0, letters: 'A-Z', series: [{ pattern: '*L DDDD', part: 1 }] },
  { country: 'FO', traffic: 0.00002, banded: 0.9, letters: 'A-Z', series: [{ pattern: 'LL DDD', part: 1 }] },
  {
    country: 'GBZ',
    traffic: 0.00005,
    banded: 0.95,
    letters: 'A-Z',
    series: [
      { pattern: '[G] DDDD L', part: 0.85 },
      { pattern: '[G] DDDDD', part: 0.15 },
    ],
  },
  {
    // Countries that the reader has no name for: Georgia, Azerbaijan and Armenia, Kazakhstan, Morocco, and those beyond the sea.
    country: 'other',
    traffic: 0.0008,
    banded: 0.3,
    letters: 'A-Z',
    series: [
      { pattern: 'LL-DDD-LL', part: 0.3 },
      { pattern: 'DD-LL-DDD', part: 0.2 },
      { pattern: 'DDD LLL DD', part: 0.15 },
      { pattern: 'LLL DDDD', part: 0.15 },
      { pattern: 'LLL DDD', part: 0.1 },
      { pattern: 'DDDDD-L-DD', part: 0.05 },
      { pattern: 'DDDDD-L-D', part: 0.05 },
    ],
  },
];
