<?php
// Prints a form that hands a logged-in customer over to Dataratt. Needs the extension sodium, which PHP ships with.
// Usage: php portal.php PRIVATE_KEY_FILE ISSUER DATARATT_URL EMAIL CUSTOMER_NUMBER

const LIFE_SECONDS = 120;

function base64url(string $data): string
{
    return rtrim(strtr(base64_encode($data), '+/', '-_'), '=');
}

// An Ed25519 key as `openssl genpkey` writes it: its last 32 bytes are the seed.
function signing_key(string $file): string
{
    $der = base64_decode(preg_replace('/-----[^-]+-----|\s/', '', file_get_contents($file)));
    return sodium_crypto_sign_secretkey(sodium_crypto_sign_seed_keypair(substr($der, -32)));
}

function token(string $key_file, string $issuer, string $url, string $email, string $customer_number): string
{
    $now = time();
    $header = ['alg' => 'EdDSA', 'typ' => 'JWT'];
    $claims = [
        'iss' => $issuer,
        'aud' => $url,
        'jti' => bin2hex(random_bytes(16)),
        'iat' => $now,
        'exp' => $now + LIFE_SECONDS,
        'sub' => $customer_number,
        'email' => $email,
    ];
    $signed = base64url(json_encode($header)) . '.' . base64url(json_encode($claims));
    return $signed . '.' . base64url(sodium_crypto_sign_detached($signed, signing_key($key_file)));
}

[, $key_file, $issuer, $url, $email, $customer_number] = $argv;
$token = token($key_file, $issuer, $url, $email, $customer_number);
?>
<form method="post" action="<?= htmlspecialchars($url) ?>/handoff">
  <input type="hidden" name="token" value="<?= $token ?>">
  <input type="hidden" name="right" value="erasure">
  <button>Dina uppgifter</button>
</form>
