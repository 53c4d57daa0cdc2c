import { isoCodeOf } from '../../lists/vehicle-signs.ts';
import type { Hit } from '../../uplink/hit.ts';

export interface OnvifEvent {
  readonly topic: string;
  readonly payload: object;
}

/** The rule's name at the video management: it tells neither list nor authority. */
const rule = 'Hazeldonk';

/**
 * A hit as ONVIF's event `RuleEngine/Recognition/LicensePlate` (Profile M, 8.14) in the form for MQTT: the topic is
 * `PREFIX/onvif-ej/EVENT/&VIDEOSOURCE/RULE`, the payload the event's items as JSON (ONVIF Core and Analytics specifications,
 * https://www.onvif.org/profiles/specifications/). Each node is a device, so its id is the prefix.
 *
 * Null for a discreet hit: nobody who watches video may learn of it. Why a vehicle is wanted is never told.
 */
export function onvifEvent(hit: Hit): OnvifEvent | null {
  const { node, observation, plate, entry } = hit.data;
  if (entry.action === 'discreet-check') return null;
  const country = plate.country === null ? null : isoCodeOf(plate.country);
  return {
    topic: `${node}/onvif-ej/RuleEngine/Recognition/LicensePlate/&${observation.camera}/${rule}`,
    payload: {
      UtcTime: observation.lastSeen,
      Source: { VideoSource: observation.camera, Rule: rule },
      Data: {
        Likelihood: plate.matchProbability,
        LicensePlateInfo: {
          LicensePlateInfo: {
            PlateNumber: { '@Likelihood': plate.read.probability, '#text': plate.read.text },
            ...(country !== null && {
              CountryCode: { '@Likelihood': plate.countryProbability ?? 0, '#text': country },
            }),
          },
        },
      },
    },
  };
}
