import { farPlates } from './far-plates.ts';
import { nearPlates } from './near-plates.ts';
import type { CountryPlates } from './plate-series.ts';
import { rarePlates } from './rare-plates.ts';

/**
 * Traffic on the motorways between the Netherlands, Belgium, France and Luxembourg.
 *
 * Which series exist, their letters and how far they have come: the registration offices' public descriptions (RDW sidecodes 3 to 13, of which 11 has been given out since June 2024 and, to vans, 12 since January 2024;
 * DIV's European plate since 2010; SIV since 2009, about HR by the end of 2026; SNCA; KBA's list of districts; DVLA; and those of the others). The
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
export const borderPlates: readonly CountryPlates[] = [...nearPlates, ...farPlates, ...rarePlates];
