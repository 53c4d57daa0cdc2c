/** One series of a country's registrations and its part of the country's vehicles on a motorway. */
export interface Series {
  /**
   * What its plates say and how they are laid out: `L` one of the series' letters, `D` a digit, `[A-H]` one of these, `W` one of
   * the country's words (districts, counties); a dash, a dot or a space is drawn, `*` is a seal, and `|` is where a second row begins.
   */
  readonly pattern: string;
  readonly part: number;
  /** Of its plates, how many show the country's letters in a band, where that is not as with the country's others. */
  readonly banded?: number;
}

export interface CountryPlates {
  /** International vehicle registration code. */
  readonly country: string;
  /** Its part of the traffic. */
  readonly traffic: number;
  /** Of its plates, how many show its letters in a band. */
  readonly banded: number;
  readonly letters: string;
  /** Districts or counties with a rough size each (`B:9 KLE`; 1 when it is not told). */
  readonly words?: string;
  readonly series: readonly Series[];
}

/** What no series of the tables explains: new plates, plates of one's own choice, and mistakes of the tables. */
export const unusualPart = 0.001;
/** Beyond the series a plate is as good as one of so many characters in each place. */
export const unusualCharacters = 16;
export const unusualLengths = 8;
export const shortestUnusual = 5;

const consonants = 'BDFGHJKLNPRSTVXZ';
const all = 'A-Z';

/**
 * Traffic on the motorways between the Netherlands, Belgium, France and Luxembourg.
 *
 * Which series exist, their letters and how far they have come: the registration offices' public descriptions (RDW sidecodes 3 to 13;
 * DIV's European plate since 2010; SIV since 2009, at HJ in 2025; SNCA; KBA's list of districts; DVLA; and those of the others). The
 * shares are estimates from the countries' fleets and their ages. They are good to a factor of two or three, which moves a posterior by as much.
 *
 * Of the countries near by, what diplomats, armies, authorities, dealers and collectors drive is listed too, as in recognizer/syntax/countries, and the
 * words and initials that Belgians choose.
 *
 * How many show a band: estimates from the year since which a country's new plates must have one (Luxembourg 1988; Ireland 1991; Portugal and
 * Romania 1992; Italy 1999; the Netherlands, where older plates had to be replaced by 2003, Poland, Spain and Germany 2000; Austria 2002; France 2004;
 * Hungary, the Czech Republic, Slovakia, Slovenia, Greece and the Baltic countries 2004; Belgium 2010; Croatia 2016) and the ages of fleets.
 * It is optional in Great Britain and Denmark and was in Sweden, Finland and Norway; Switzerland has none.
 */
export const borderPlates: readonly CountryPlates[] = [
  {
    country: 'NL',
    traffic: 0.33,
    banded: 0.99,
    letters: consonants,
    series: [
      { pattern: '[GHJKLNPRSTXZ]-|DDD-LL', part: 0.24 },
      { pattern: '[V]-|DDD-LL', part: 0.045 },
      { pattern: '[GHJKLNPRSTXZ]L-|DDD-L', part: 0.225 },
      { pattern: '[V]L-|DDD-L', part: 0.06 },
      { pattern: '[GHJ]LL-|DD-L', part: 0.06 },
      { pattern: '[V]LL-|DD-L', part: 0.01 },
      { pattern: 'D-|[KSTXZ]LL-DD', part: 0.105 },
      { pattern: 'D-|[V]LL-DD', part: 0.02 },
      { pattern: 'DD-|[GHJKLNPRSTXZ]LL-D', part: 0.12 },
      { pattern: 'DD|-[DFGHJLNPRSTXZ]L-LL', part: 0.055 },
      { pattern: 'DD|-[BV]L-LL', part: 0.01 },
      { pattern: 'LL|-LL-DD', part: 0.02 },
      { pattern: 'LL-DD|-LL', part: 0.012 },
      { pattern: 'DD-LL|-DD', part: 0.003 },
      { pattern: '[OW][A-Z]-|DD-LL', part: 0.015 },
      { pattern: 'LL-DD-DD', part: 0.003, banded: 0 },
      { pattern: 'DD-DD-LL', part: 0.002, banded: 0 },
      { pattern: '[ADZ][ELMRF]-DD-DD', part: 0.003 },
      { pattern: '[HFO][ABCH]-DD-DD', part: 0.002 },
      { pattern: '[C][D]-DD-DD', part: 0.002 },
      { pattern: '[C][D][J]-DDD', part: 0.0005 },
      { pattern: '[K][LMNRTVXZ]-DD-DD', part: 0.001 },
      { pattern: '[G][V]-DD-DD', part: 0.0005 },
    ],
  },
  {
    country: 'B',
    traffic: 0.27,
    banded: 0.99,
    letters: all,
    series: [
      { pattern: '[1]-[A-LNPR-Z]LL|-DDD', part: 0.56 },
      { pattern: '[2]-[A-H]LL|-DDD', part: 0.3 },
      { pattern: '[Q]-[A-H]LL|-DDD', part: 0.03 },
      { pattern: '[T]-[XL]LL-DDD', part: 0.01 },
      { pattern: '[O]-[A-K]LL-DDD', part: 0.003 },
      { pattern: '[9]-LLL|-DDD', part: 0.003 },
      { pattern: '[A-HJ-NPR-Z]LL|-DDD', part: 0.055, banded: 0.3 },
      { pattern: 'DDD|-LLL', part: 0.039, banded: 0.3 },
      { pattern: '[MW]-LLL|-DDD', part: 0.004 },
      { pattern: '[Z]-LLL-DDD', part: 0.004 },
      { pattern: '[8]-LLL|-DDD', part: 0.002 },
      { pattern: '[G]-LLL-DDD', part: 0.001 },
      { pattern: '[QU]LL.DDD', part: 0.004, banded: 0.3 },
      { pattern: '[C][D].LLDDD', part: 0.003 },
      { pattern: '[E][U][R].DDDD', part: 0.0005 },
      { pattern: '[AEP].DDD', part: 0.0003 },
      { pattern: 'L.DDDD', part: 0.002, banded: 0.3 },
      { pattern: 'LDDDL', part: 0.001, banded: 0.3 },
      { pattern: 'LL.DDD', part: 0.001, banded: 0.3 },
      { pattern: 'DDD.LL', part: 0.001, banded: 0.3 },
      { pattern: 'DDDDD', part: 0.001, banded: 0.3 },
      { pattern: 'DDDD.LL', part: 0.002 },
      { pattern: 'LLLL', part: 0.002 },
      { pattern: 'LLLLL', part: 0.003 },
      { pattern: 'LLLLLL', part: 0.003 },
      { pattern: 'LLLLLLL', part: 0.001 },
      { pattern: 'LLL-D', part: 0.001 },
      { pattern: 'LL-DDDD', part: 0.001 },
    ],
  },
  {
    country: 'F',
    traffic: 0.15,
    banded: 0.99,
    letters: 'A-HJ-NP-TV-Z',
    series: [
      { pattern: '[A-G]L-|DDD-LL', part: 0.905 },
      { pattern: '[H][A-HJ]-|DDD-LL', part: 0.055 },
      { pattern: '[W][A-HJ-N]-DDD-LL', part: 0.01 },
      { pattern: 'DDDD| LL DD', part: 0.015, banded: 0.5 },
      { pattern: 'DDD| LLL DD', part: 0.015, banded: 0.5 },
      { pattern: 'DDD| LL DD', part: 0.004, banded: 0.5 },
      { pattern: 'DDDD L DD', part: 0.001, banded: 0.5 },
      { pattern: 'L-DDD-L', part: 0.003 },
      { pattern: '[W]-DDD-LL', part: 0.002 },
      { pattern: 'DDDD [W][W] DD', part: 0.0005, banded: 0.5 },
      { pattern: 'DDD [C][D] DD', part: 0.001, banded: 0.5 },
      { pattern: 'DDD [T][T] DD', part: 0.0005, banded: 0.5 },
      { pattern: 'DDDDDDDD', part: 0.001, banded: 0 },
    ],
  },
  {
    country: 'L',
    traffic: 0.035,
    banded: 0.98,
    letters: 'A-HJ-NP-Z',
    series: [
      { pattern: 'LL| DDDD', part: 0.87 },
      { pattern: 'DDDDD', part: 0.09 },
      { pattern: 'DDDD', part: 0.04 },
      { pattern: 'L DDDD', part: 0.012 },
      { pattern: 'L DDD', part: 0.003 },
      { pattern: 'LL DDD', part: 0.012 },
      { pattern: '[C][D] DDDD', part: 0.006 },
      { pattern: '[P] DDDD', part: 0.004 },
      { pattern: '[A][A] DDDD', part: 0.002 },
    ],
  },
  {
    country: 'D',
    traffic: 0.085,
    banded: 0.97,
    letters: all,
    words: `AC:10 K:10 KLE:9 BOR:7 VIE:6 HS:6 D:8 DU:6 E:6 B:7 M:6 HH:6 TR:6 BIT:5 SB:5 SLS:4 F:5 S:5 H:4 HB:3 L:2 DD:2 N:3 BN:5 SU:5 BM:6 DN:6 EU:4
      GL:3 GM:2 ME:4 NE:5 KR:4 MG:5 WES:5 RE:5 MS:4 ST:4 COE:4 WAF:3 GT:3 BI:3 HF:2 MI:2 LIP:2 PB:2 HX SO:2 HSK UN:3 HAM:2 DO:5 BO:3 EN:3 HA:2 MK:3 SI:2
      OE GE:2 BOT:2 OB:3 MH:2 W:3 SG:2 RS:2 LEV:3 EMS:0.1 EL:4 NOH:4 LER:4 EL OS:4 OL:3 CLP:2 VEC:2 DH AUR:2 WHV FRI WTM BRA DEL CUX STD ROW VER LG HK
      CE GF WOB:2 BS:2 PE HI HM SHG NI GS GÖ NOM SZ HE WF UE DAN LWL HRO SN HWI NWM LRO VR MSE VG FL SL NF HEI IZ RD KI NMS PLÖ OH HL RZ OD SE PI
      MR GI:2 LDK:2 LM WW:2 NR:2 KO:4 MYK:3 COC AW:3 DAU:3 WIL:2 BKS MZ:3 AZ KH BIR:2 KUS KL:2 PS ZW:2 NK:2 HOM WND:2 MZG:2 IGB VK LU:2 LD SÜW GER RP NW DÜW SP FT AK
      WI:2 RÜD GG:2 DA:3 HP OF:3 MTK:2 HG:2 FB:2 MKK:3 FD HEF VB ESW KS:2 KB HR ERB MA:3 HD:3 KA:4 RA:2 OG:2 FR:2 EM LÖ:2 WT VS KN:2 TUT RW BL BC RV FN SIG TÜ:2 RT:2
      ES:3 BB:3 LB:3 WN:2 GP UL AA HDH SHA HN:2 KÜN MOS TBB PF:2 CW FDS AB:2 MSP WÜ:2 SW KG NES HAS BA BT CO KC LIF KU HO WUN FO ER ERH FÜ AN NEA WUG RH LAU
      R:2 NM AS SAD CHA TIR NEW WEN AM KEH LA DGF PAN DEG FRG REG SR PA AÖ MÜ RO TS BGL EBE ED FS:2 DAH FFB STA WM GAP TÖL MB LL A:2 AIC DLG GZ NU MN OA KF KE LI IN ND EI PAF
      J EF WE G SHL SM WAK EA UH EIC NDH SON IK AP SLF SOK GTH ABG GRZ Z C V ERZ FG MEI PIR BZ GR HY L TDO HAL MQ SK BLK MSH ABI WB DE KÖT MD BÖ JL SLK HBS HZ QLB SDL SAW
      P PM TF LDS EE OSL SPN CB FF MOL LOS BAR UM OHV OPR HVL BRB EL`,
    series: [
      { pattern: 'W|*LL DDDD', part: 0.3 },
      { pattern: 'W*LL DDD', part: 0.25 },
      { pattern: 'W|*L DDDD', part: 0.2 },
      { pattern: 'W*L DDD', part: 0.09 },
      { pattern: 'W*LL DD', part: 0.09 },
      { pattern: 'W*LL DDD[EH]', part: 0.03 },
      { pattern: 'W*L DDD[EH]', part: 0.03 },
      { pattern: 'W*L DD', part: 0.01 },
      { pattern: 'W-[0][34567]DDD', part: 0.008 },
      { pattern: 'W*DDDD', part: 0.006 },
      { pattern: 'W-DDD', part: 0.003 },
      { pattern: 'W-DDDDD', part: 0.003 },
      { pattern: 'W DDDL', part: 0.004 },
      { pattern: '[B][P]*DD-DDD', part: 0.002 },
      { pattern: '[T][H][W] [89]DDDD', part: 0.001 },
      { pattern: '[Y]-DDD DDD', part: 0.002 },
      { pattern: '[0]-DD-DDD', part: 0.001 },
      { pattern: '[0]-DDD-DD', part: 0.001 },
    ],
  },
  {
    country: 'PL',
    traffic: 0.03,
    banded: 0.98,
    letters: 'AC-HJ-NP-Y',
    words: `WA WB WD WE WF WH WI WJ WK WN WT WU WX WY DW:3 DL DB DJ KR:3 KK KN KT PO:3 PY PK PL PN GD:3 GA GS GDA GKA GWE GPU GTC SK SB SC SD SG SH SI SL SM SO SR ST SW SY SZ SBE SBI SCI SCZ
      SGL SMI SPS SRC STA STY SZA SZY SLU LU LB LC LZ LUB LBI EL:3 EP ES EPA EZG EBE EKU EPI BI BL BS BIA BAU CB:2 CT CW CG CIN CGR FZ FG FSL FNW FZI NO NE NOL NEL NOS OP:2 OB OK OKL ONY OST RZ RP RK RT RDE RJS
      RMI TK TKI TST TSK TBU ZS:2 ZK ZGR ZST ZKO WWL WPI WPR WOT WMI WND WPL WRA WSI WCI WGM WLI WSC DBA DDZ DGL DLU DOL DSR DTR DWR DZG DSW KBC KCH KLI KMY KNS KOL KOS KRA KSU KTA KWA KWI
      PGN PJA PKA PKE PKL PKN PLE PMI PNT POB POS POT PSE PSL PSR PSZ PTU PWA PWL PWR PZ`,
    series: [
      { pattern: 'W|*DDDDD', part: 0.35 },
      { pattern: 'W|*DDDDL', part: 0.25 },
      { pattern: 'W*DDDLL', part: 0.12 },
      { pattern: 'W|*LDDD', part: 0.1 },
      { pattern: 'W|*DDLL', part: 0.1 },
      { pattern: 'W*DLDD', part: 0.04 },
      { pattern: 'W*DDLD', part: 0.04 },
      { pattern: '[WKPDGSEBLTRZCFNO]D LLLL', part: 0.01 },
      { pattern: '[H][PWSCK]L LDDD', part: 0.004 },
      { pattern: '[U]L DDDDD', part: 0.003 },
      { pattern: '[W] DDDDDD', part: 0.002 },
      { pattern: 'LL DD[P]DD', part: 0.003 },
    ],
  },
  {
    country: 'RO',
    traffic: 0.016,
    banded: 0.98,
    letters: 'A-PR-Z',
    words: `AB AR AG BC BH BN BT BV BR BZ CS CL CJ CT CV DB DJ GL GR GJ HR HD IL IS IF MM MH MS NT OT PH SM SJ SB SV TR TM TL VS VL VN`,
    series: [
      { pattern: '[B] DDD LLL', part: 0.14 },
      { pattern: '[B] DD LLL', part: 0.08 },
      { pattern: 'W DD LLL', part: 0.78 },
      { pattern: 'W DDDDDD', part: 0.02 },
      { pattern: '[B] DDDDDD', part: 0.01 },
      { pattern: '[C][DO] DDDDDD', part: 0.003 },
      { pattern: '[A] DDDDDD', part: 0.004 },
    ],
  },
  {
    country: 'GB',
    traffic: 0.013,
    banded: 0.45,
    letters: 'A-HJ-PR-Z',
    series: [
      { pattern: 'LL[0-2]D| LLL', part: 0.5 },
      { pattern: 'LL[5-7]D| LLL', part: 0.44 },
      { pattern: '[A-HJ-NPR-TV-Y]DDD| LLL', part: 0.06 },
      { pattern: '[A-HJ-NPR-TV-Y]DD LLL', part: 0.01 },
      { pattern: 'LLL DDD[A-HJ-NPR-TV-Y]', part: 0.005 },
      { pattern: 'LLL DDD', part: 0.01 },
      { pattern: 'DDD LLL', part: 0.005 },
      { pattern: 'LLL D', part: 0.003 },
      { pattern: 'LL[Z] DDDD', part: 0.02 },
    ],
  },
  {
    country: 'LT',
    traffic: 0.012,
    banded: 0.97,
    letters: 'A-PR-VZ',
    series: [
      { pattern: 'LLL DDD', part: 0.85 },
      { pattern: 'LL DDD', part: 0.15 },
      { pattern: '[T] DDDDD', part: 0.006 },
      { pattern: 'DDDD [P]', part: 0.001 },
      { pattern: 'LLLL D', part: 0.004 },
    ],
  },
  {
    country: 'BG',
    traffic: 0.008,
    banded: 0.98,
    letters: 'ABEKMHOPCTYX',
    words: `C:5 CA:3 CB:3 A:2 B:3 BT BH BP BB BK E EB EH K KH M H OB P PA PB PK PP PE CO CM CC CH CT TX T X Y`,
    series: [{ pattern: 'W| DDDD LL', part: 1 }],
  },
  {
    country: 'CZ',
    traffic: 0.007,
    banded: 0.95,
    letters: 'A-FHJ-NPR-VX-Z',
    series: [
      { pattern: 'D[ABCEHJKLMPSTUZ]D DDDD', part: 0.85 },
      { pattern: 'D[ABCEHJKLMPSTUZ]L DDDD', part: 0.15 },
    ],
  },
  {
    country: 'E',
    traffic: 0.008,
    banded: 0.98,
    letters: 'BCDFGHJKLMNPRSTVWXYZ',
    series: [
      { pattern: 'DDDD |[B-DF-HJ-NPR]LL', part: 0.9 },
      { pattern: '[R]-DDDD-LLL', part: 0.1 },
    ],
  },
  {
    country: 'I',
    traffic: 0.008,
    banded: 0.96,
    letters: 'A-HJ-NPR-TV-Z',
    series: [
      { pattern: '[C-G]L DDDLL', part: 0.88 },
      { pattern: '[X][A-H] DDDLL', part: 0.12 },
    ],
  },
  {
    country: 'P',
    traffic: 0.005,
    banded: 0.98,
    letters: 'A-JL-VXZ',
    series: [
      { pattern: 'DD-LL-DD', part: 0.65 },
      { pattern: '[AB]L-DD-LL', part: 0.3 },
      { pattern: 'DD-DD-LL', part: 0.05 },
    ],
  },
  {
    country: 'H',
    traffic: 0.006,
    banded: 0.9,
    letters: 'A-PR-Z',
    series: [
      { pattern: '[F-T]LL-DDD', part: 0.7 },
      { pattern: '[A][A-K]* LL-DDD', part: 0.3 },
    ],
  },
  {
    country: 'SK',
    traffic: 0.004,
    banded: 0.95,
    letters: 'A-PR-VX-Z',
    words: `BA:4 BL:3 BB BJ BN BR BS BY CA DK DS GA HC HE IL KA KE:2 KK KM KN KS LC LE LM LV MA MI ML MT MY NM NO NR NZ PB PD PE PK PN PO PP PT PU RA RK RS RV SA SB SC SE SI SK SL SN SO SP SV TN TO TR TS TT TV VK VT ZA ZC ZH ZM ZV`,
    series: [{ pattern: 'W*DDDLL', part: 1 }],
  },
  {
    country: 'A',
    traffic: 0.004,
    banded: 0.95,
    letters: all,
    words: `W:6 G:3 L:3 S:3 I:2 K:2 GU MD WN BN KO KR KS LB LE LI LL LN MU MI MZ NK OW PL RO SB SL SZ TU VB VI VL VO WB WE WL WU WY ZT AM BL BR DL DO EF EU FB FE FF FR GD GF GM HA HB HL HO IM JE JU KB KF KU LA LF LZ`,
    series: [
      { pattern: 'W*DDDLL', part: 0.45 },
      { pattern: 'W*DDDDL', part: 0.35 },
      { pattern: 'W*DDLL', part: 0.1 },
      { pattern: 'W*DDDDDL', part: 0.1 },
    ],
  },
  {
    country: 'CH',
    traffic: 0.004,
    banded: 0,
    letters: all,
    words: `ZH:5 BE:4 LU UR:0.2 SZ OW:0.2 NW:0.2 GL:0.2 ZG FR SO BS BL SH AR:0.3 AI:0.2 SG:2 GR AG:3 TG TI:2 VD:4 VS:2 NE GE:3 JU`,
    series: [
      { pattern: 'W*DDDDDD', part: 0.7 },
      { pattern: 'W*DDDDD', part: 0.3 },
    ],
  },
  {
    country: 'LV',
    traffic: 0.004,
    banded: 0.95,
    letters: 'A-PR-VZ',
    series: [{ pattern: '[F-P]L-DDDD', part: 1 }],
  },
  {
    country: 'SLO',
    traffic: 0.003,
    banded: 0.93,
    letters: 'A-PR-VZ',
    words: 'LJ:5 MB:3 CE:2 KP KR NM GO MS SG PO KK',
    series: [
      { pattern: 'W* LL-DDD', part: 0.6 },
      { pattern: 'W* DD-DLL', part: 0.2 },
      { pattern: 'W* LD-DDD', part: 0.2 },
    ],
  },
  { country: 'EST', traffic: 0.002, banded: 0.93, letters: 'A-PR-VX-Z', series: [{ pattern: 'DDD LLL', part: 1 }] },
  { country: 'DK', traffic: 0.004, banded: 0.6, letters: 'A-PR-VX-Z', series: [{ pattern: '[A-E]L DD DDD', part: 1 }] },
  {
    country: 'S',
    traffic: 0.003,
    banded: 0.85,
    letters: 'A-HJ-PR-UW-Z',
    series: [
      { pattern: 'LLL DDD', part: 0.7 },
      { pattern: 'LLL DDL', part: 0.3 },
    ],
  },
  { country: 'N', traffic: 0.001, banded: 0.8, letters: 'A-HJ-LNPR-VX-Z', series: [{ pattern: 'LL DDDDD', part: 1 }] },
  { country: 'FIN', traffic: 0.001, banded: 0.8, letters: 'A-PR-Z', series: [{ pattern: 'LLL-DDD', part: 1 }] },
  {
    country: 'IRL',
    traffic: 0.002,
    banded: 0.98,
    letters: all,
    words: 'D:5 C:2 CE CN CW DL G KE KK KY L LD LH LM LS MH MN MO OY RN SO TS T W WH WW WX',
    series: [
      { pattern: '[0-2][0-9][12]-W-DDDD', part: 0.6 },
      { pattern: '[0-2][0-9]-W-DDDD', part: 0.4 },
    ],
  },
  {
    country: 'HR',
    traffic: 0.002,
    banded: 0.7,
    letters: 'A-PR-VZ',
    words:
      'ZG:4 ST:2 RI:2 OS ZD PU BJ CK DA DE DJ DU GS IM KA KC KR KT KZ MA NA NG OG PS PZ SB SI SK SL VK VT VU VZ ZU',
    series: [
      { pattern: 'W* DDDD-LL', part: 0.8 },
      { pattern: 'W* DDD-LL', part: 0.2 },
    ],
  },
  {
    country: 'GR',
    traffic: 0.001,
    banded: 0.93,
    letters: 'ABEZHIKMNOPTYX',
    series: [{ pattern: 'LLL-DDDD', part: 1 }],
  },
  {
    // Those that the reader has no name for: Ukraine, Turkey, Serbia, Bosnia, Albania, Moldova, Belarus, Malta, Cyprus.
    country: 'other',
    traffic: 0.008,
    banded: 0.9,
    letters: 'A-PR-Z',
    series: [
      { pattern: '[ABCEHIKMOPTX][ABCEHIKMOPTX] DDDD [ABCEHIKMOPTX][ABCEHIKMOPTX]', part: 0.35 },
      { pattern: '[0-7]D LLL DDD', part: 0.1 },
      { pattern: '[0-7]D LL DDDD', part: 0.1 },
      { pattern: 'LL* DDD-LL', part: 0.12 },
      { pattern: '[AEJKMOT]DD-[AEJKMOT]-DDD', part: 0.1 },
      { pattern: '[A]L DDD LL', part: 0.06 },
      { pattern: 'LLL DDD', part: 0.1 },
      { pattern: 'DDDD [ABCEHIKMOPTX][ABCEHIKMOPTX]-[1-7]', part: 0.07 },
    ],
  },
];
