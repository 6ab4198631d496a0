/**
 * A text that was taken for a format without arguments: what a percent sign begins is a verb that misses its value.
 * (application-gateway §15)
 */
export const formatGo = (text: string) =>
  text.replace(/%[-+# 0]*\d*(?:\.\d*)?(\P{Cs})?/gsu, (_, verb?: string) => {
    if (verb === undefined) return '%!(NOVERB)';
    return verb === '%' ? '%' : `%!${verb}(MISSING)`;
  });
