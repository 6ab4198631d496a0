import type { Option } from './option.ts';
import { optionRows } from './options.ts';
import { showValue, valueTypes } from './values.ts';

function schemaOf(option: Option): Record<string, unknown> {
  const description = option.whenUnset ? `${option.description} (default: ${option.whenUnset})` : option.description;
  const defaults =
    option.default === undefined
      ? {}
      : { default: option.type === 'duration' ? showValue(option, option.default) : option.default };
  // An editor would mark the bare number in `kyma: 1.24`, which we read as it is written.
  const type = option.type === 'release' ? { type: ['string', 'number'] } : {};
  return { ...valueTypes[option.type].schema(option), ...type, description, ...defaults };
}

/** JSON Schema (2020-12) of `kymulator.yaml`, for editors and for checks in a pipeline. */
export function configSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'kymulator.yaml',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(optionRows.map(([name, option]) => [name, schemaOf(option)])),
  };
}
