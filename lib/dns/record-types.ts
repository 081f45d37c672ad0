// What a Resolver tells of, in the shapes of `node:dns`.

/** An address, and how long it may be kept. */
export interface AddressWithTtl {
  /** As it is written. */
  address: string;
  /** Seconds; 0 of one of the file of hosts. */
  ttl: number;
}

/** Who may issue certificates. See RFC 8659. */
export interface CaaRecord {
  /** 0, or 128: who does not know the property must not issue. */
  critical: number;
  /** The property, such as `issue`, and its value. */
  [tag: string]: string | number;
}

/** A host that takes mail. */
export interface MxRecord {
  /** The host. */
  exchange: string;
  /** The lowest first. */
  priority: number;
}

/** A rule that rewrites a name. See RFC 3403. */
export interface NaptrRecord {
  /** Such as 'S'. */
  flags: string;
  /** Such as 'SIP+D2U'. */
  service: string;
  /** What rewrites the name, */
  regexp: string;
  /** or what replaces it. */
  replacement: string;
  /** The lowest first, */
  order: number;
  /** and among those the lowest of these. */
  preference: number;
}

/** The start of a zone's authority. */
export interface SoaRecord {
  /** Its first server. */
  nsname: string;
  /** Who is responsible: a mail address with a dot for its '@'. */
  hostmaster: string;
  /** Its version. */
  serial: number;
  /** Seconds until a copy is to be looked at again, */
  refresh: number;
  /** and again when that failed, */
  retry: number;
  /** and until it is void. */
  expire: number;
  /** Seconds that "there is no such" may be kept. */
  minttl: number;
}

/** A host that serves something. See RFC 2782. */
export interface SrvRecord {
  /** The host. */
  name: string;
  /** Its port. */
  port: number;
  /** The lowest first, */
  priority: number;
  /** and among those each as often as this is heavy. */
  weight: number;
}

/** A record with its type, as `resolveAny` tells it. */
export type TypedRecord<Type, Value> = Value & {
  /** Of which type it is. */
  type: Type;
};

/** A record that is a name. */
export interface NameRecord {
  /** The name. */
  value: string;
}

/** A record of texts. */
export interface TextRecord {
  /** The pieces of one text. */
  entries: string[];
}

/** A record of any type, as `resolveAny` tells it. */
export type AnyRecord =
  | TypedRecord<'A' | 'AAAA', AddressWithTtl>
  | TypedRecord<'CAA', CaaRecord>
  | TypedRecord<'CNAME' | 'NS' | 'PTR', NameRecord>
  | TypedRecord<'MX', MxRecord>
  | TypedRecord<'NAPTR', NaptrRecord>
  | TypedRecord<'SOA', SoaRecord>
  | TypedRecord<'SRV', SrvRecord>
  | TypedRecord<'TXT', TextRecord>;
