/** Only the ASN.1 part of node-forge is loaded: the whole library costs start-up time for nothing that we use. */
declare module 'node-forge/lib/asn1.js' {
  import type { asn1 } from 'node-forge';

  /** The published types know only a boolean here; the library takes these options since 0.9. */
  interface FromDer {
    fromDer(bytes: string, options: { strict: boolean; parseAllBytes: boolean; decodeBitStrings: boolean }): asn1.Asn1;
  }
  const module: Omit<typeof asn1, 'fromDer'> & FromDer;
  export default module;
}
