/** A column of `kubectl get` beyond the name. (kubernetes-api §4.2) */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly description?: string;
  readonly format?: string;
  /** Above 0: only with `-o wide`. */
  readonly priority?: number;
}

export const ageColumn: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

export const column = (name: string, jsonPath: string, type: PrinterColumn['type'] = 'string', priority = 0) =>
  ({ name, type, jsonPath, priority }) satisfies PrinterColumn;
