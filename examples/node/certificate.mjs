// A certificate that signs itself, for the examples of TLS beside this one: a server of one's own
// process needs no authority. Of X.509's fields there are those that have to be (RFC 5280).
import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const der = (tag, ...parts) => {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const sequence = (...parts) => der(0x30, ...parts);
const name = (text) => {
  const commonName = der(0x06, Buffer.from([0x55, 0x04, 0x03]));
  return sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(text)))));
};
/** As UTCTime, of the day that is `days` from now. */
const day = (days) => {
  const iso = new Date(Date.now() + days * 86_400_000).toISOString();
  return der(0x17, Buffer.from(`${iso.slice(2, 10).replaceAll('-', '')}000000Z`));
};
const ECDSA_WITH_SHA256 = sequence(
  der(0x06, Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])),
);

/** `{ key, cert }` in PEM, for `host`, good for a day. */
export function selfSigned(host = 'localhost') {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const content = sequence(
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    name(host),
    sequence(day(-1), day(1)),
    name(host),
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', content, privateKey);
  const bits = der(0x03, Buffer.from([0]), signature);
  const base64 = sequence(content, ECDSA_WITH_SHA256, bits).toString('base64');
  const lines = base64.replace(/.{1,64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { subject, validTo } = new X509Certificate(selfSigned().cert);
  console.log(`${subject}, until ${validTo}`);
}
