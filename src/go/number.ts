/** Whether a text is a decimal number as Go's `ParseFloat` reads it: sign, point and exponent are optional. */
export const isDecimal = (text: string) => /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i.test(text);
