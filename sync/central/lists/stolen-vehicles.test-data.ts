/** A list's description as an officer writes it. */
export const stolenVehicles = `
authority: NL
list: stolen
title: Stolen vehicles
purpose: recovery
legalBasis: an act
protocol: CBE-2
recipients: [nl-police]
action: stop
priority: 2
expectedGenuinePerMillion: 10
falseHitsPerMillion: { confirmed: 1, verify: 20 }
validity: { days: 7 }
`;
