//! Key pairs made for these tests and used nowhere else, as the insides of PEM files.

use jsonwebtoken::{Algorithm, EncodingKey};

/// A portal's key pair.
pub struct Pair {
    pub algorithm: Algorithm,
    private: &'static str,
    public: &'static str,
}

impl Pair {
    /// The public key, as a profile has it.
    pub fn public_pem(&self) -> String {
        pem("PUBLIC", self.public)
    }

    /// The private key, as nobody should configure it.
    pub fn private_pem(&self) -> String {
        pem("PRIVATE", self.private)
    }

    /// What the portal signs with.
    pub fn signing(&self) -> EncodingKey {
        let pem = self.private_pem();
        match self.algorithm {
            Algorithm::EdDSA => EncodingKey::from_ed_pem(pem.as_bytes()),
            Algorithm::ES256 => EncodingKey::from_ec_pem(pem.as_bytes()),
            _ => EncodingKey::from_rsa_pem(pem.as_bytes()),
        }
        .unwrap()
    }
}

/// A PEM file of this inside.
pub fn pem(kind: &str, inside: &str) -> String {
    format!("-----BEGIN {kind} KEY-----\n{inside}\n-----END {kind} KEY-----\n")
}

/// Ed25519.
pub const ED25519: Pair = Pair {
    algorithm: Algorithm::EdDSA,
    private: "MC4CAQAwBQYDK2VwBCIEIOLVmuRpdRvnMHLi/56M90s2JN1im5GsCTL8idgUirLM",
    public: "MCowBQYDK2VwAyEAi2EnNVX49tWpkUWJ3J/iM6PI2PjKiQMkEYYUWuV94H4=",
};

/// Another Ed25519.
pub const OTHER_ED25519: Pair = Pair {
    algorithm: Algorithm::EdDSA,
    private: "MC4CAQAwBQYDK2VwBCIEIL9GsOfW12GujYGQC/kIGXr/zXKG7/l0cNQStO9q7kj+",
    public: "MCowBQYDK2VwAyEAeDqZDQzCVM/AVfcjDLKU8BDKFgNRe4/vA/nv3mBXVwY=",
};

/// P-256.
pub const P256: Pair = Pair {
    algorithm: Algorithm::ES256,
    private: "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpDHRNzlMmZBYvN6H\n\
    3BpgieOgRaL6Is/3URRy16yC0SehRANCAARuekKzJl8VVqEppxcP7J4WOyCLhaid\n\
    MTcuEK4uUu+OK71HJk4sgHfrtUcJwT4JEVeijQ/nPi8uw4xfTVCPMtCg",
    public: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbnpCsyZfFVahKacXD+yeFjsgi4Wo\n\
    nTE3LhCuLlLvjiu9RyZOLIB367VHCcE+CRFXoo0P5z4vLsOMX01QjzLQoA==",
};

/// RSA of 2048 bits.
pub const RSA: Pair = Pair {
    algorithm: Algorithm::RS256,
    private: "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCqYDHR9IDWnBsN\n\
    uXv2lVh0R4T+DaesODYN/I+lOV7oiD5CdMzxQ01zm0LtVRIWpUpRD7vatmVAGXgC\n\
    UB3Mv+C2Z79+kcJYoboh+6qEujoIqGmR7QGh4sunLLWzM+z39zftRjBLeZc8TWCG\n\
    XnRyz6rAeizG0+DjdyJKmvrM9WkG2rHyIbiilJXmRRgDdWOyeE5oDWhALL/3uBMQ\n\
    FvphkRZTnuOqBbeHAsAy59QbHSIIJP3922uBMW+GBfhNKbkBJqiAOFVZ15CtcwYG\n\
    2tAJqEB+g67TqlFVVWGEYVdlvANgHO7MQo+lHLu3t8f2YPiHhdajxU6RCpmkoC5n\n\
    3vv8AMudAgMBAAECggEAHmAamcRWAQ0hXKPMaFTNiaOjoBjGo1N9Paag5JPzKhF6\n\
    SiZhUIVPhnQwrTgMyslK0+NyekapDBHOXdkzSukNsu+RykrJ47vnv73K87Fw/dCq\n\
    y7e94gMZjHNR7MJt9fKXP8ATBa3GqxtfgW1PJRYFqx3NJGCrmFpJ3JO/cbGyOSST\n\
    RlSvmLDbrWH+810jWsNQBw1CdxxxXc2kDd0lwDRlUCA9pl6v0V6F3yI/u8g6K4Hc\n\
    7eRHS7pAlW2X8d7ZXeolVr4c5Tw2NGGmrQSROevDiXVXTxSR8pHrRyNiX1fag3sx\n\
    qpUspO5R1I9nb7QBI0Jsl1L6VpRWZTa3Fhff88UvIQKBgQDhDkYSVXLSrZNMKvuP\n\
    P14yhJbjiweKfqPwWhCYSkO1icKXfA0XyH1uEO64zdYJKsoNAyVwGrkctrIxmRvU\n\
    wojsaOyQihY5lLTwEBbmkn3HRScnpgLhIEaq/WZ4i1yOCyfNacitEt42+3YUnupC\n\
    b5gzkpnlcWgAxOKMfB0BZxJQ4QKBgQDBzT4QkRNFqXBRIE+SbS7DeAhh+7xBesmX\n\
    KszJATgrQb/+twVSdiaONiY+asvumdbgLgvp7VLxpviOr6ens7JRpmVJBjiCVtJc\n\
    sjWlZFLcGSmBUE6e5kcxxNKIxnZ9G6XXSPcxgS7Gqio5Z9TnuXOipTUUjOPiMEua\n\
    BtE17UZGPQKBgC5NDHd7IutbEIHMGgMHi26jPpPDp6KDmWC6ds2OAc4YcHNP7zWk\n\
    ZsG9NA/LMSyjo/v3WL1ukgTpRVHU6RflidvxXjICZr4j7PGyrbN0EfJsNLkAe3kr\n\
    db558Zn9OeZzPxYQnFuXFSaEp29onlNauBpsH8NHiJkX6G/0nNcMCIWhAoGBAKg/\n\
    BRWezMtaSL61PT9SeBmMGELwJ0P1VBNfPb92xouPHh4ER6OKHPiy+8qOLpLqjUe7\n\
    0e34cVyG5xwAVJ1bfIAz45RcySwmMaP1tmrqSKD5WzX/QPHj2oTTaS8ClJUSLoxS\n\
    tP8ONkyUJ+oEQSoWrtPRdt5rXd7crJWAO5oEblDFAoGANz9kzgJGecIFEBcHNrdw\n\
    zzV8V/NYU7qvtXCX/QRu7eppIlo84HauQb89IPOxkGFTLEJDO5pf1gdHs+KNi5rc\n\
    buXwVADHKVVyCOAeDoRcrj6cHZq73d6lUai2NpxXgMnHCrKIaOhzJUIBWQFZDYSC\n\
    FtCi+W4Eat9OQmJ7uZxhJy8=",
    public: "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqmAx0fSA1pwbDbl79pVY\n\
    dEeE/g2nrDg2DfyPpTle6Ig+QnTM8UNNc5tC7VUSFqVKUQ+72rZlQBl4AlAdzL/g\n\
    tme/fpHCWKG6IfuqhLo6CKhpke0BoeLLpyy1szPs9/c37UYwS3mXPE1ghl50cs+q\n\
    wHosxtPg43ciSpr6zPVpBtqx8iG4opSV5kUYA3VjsnhOaA1oQCy/97gTEBb6YZEW\n\
    U57jqgW3hwLAMufUGx0iCCT9/dtrgTFvhgX4TSm5ASaogDhVWdeQrXMGBtrQCahA\n\
    foOu06pRVVVhhGFXZbwDYBzuzEKPpRy7t7fH9mD4h4XWo8VOkQqZpKAuZ977/ADL\n\
    nQIDAQAB",
};

/// A public key of a curve that is not taken.
pub const P384_PUBLIC: &str = "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEkSTdAEJMKmFLVKDiexyY0sHRWB2laG1R\n\
    s7f5+HCxczvGnpGFLSKaU9jgcXyMV9W308+x6bCX8J3Ts+Nv6R6/uMIaxeTG+TAd\n\
    korf7asNsBG8ppAYNeW3E5KWpphTQZ3E";

/// A public RSA key of 1024 bits, which is too short.
pub const RSA_1024_PUBLIC: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCHfTqZBmTqxS6Rbh3GJy45Qlu\n\
    23nU6W+bzyyuwB7+LUvwqFWfdr/X62GhKNp85z7OCLeTemcaTNJsFb557P9uFGlB\n\
    E8hALAqAPMEn1jnupIr27MSFJMYVKOHqqsjIn+CEeJ+8PCP0p/YcTmlITip0JQTm\n\
    3Jo4MMQZf6h1wqkhnQIDAQAB";
