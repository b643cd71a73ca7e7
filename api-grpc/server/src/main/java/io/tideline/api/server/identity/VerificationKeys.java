package io.tideline.api.server.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keys, each bound to the one algorithm that it is for: a token's header chooses among keys, never what is done with a
 * key. So neither "none" nor a public key taken for a secret can come up. Immutable, thread safe.
 */
final class VerificationKeys {
    private static final int MIN_RSA_BITS = 2_048;
    /** Bounds how many signatures one token can have us check. */
    private static final int MAX_KEYS = 32;

    private record Key(JWSAlgorithm algorithm, @Nullable String id, JWSVerifier verifier) {}

    private final List<Key> keys;

    private VerificationKeys(List<Key> keys) {
        this.keys = List.copyOf(keys);
    }

    /** Reads a file of keys. @throws IllegalArgumentException when it cannot be read or holds no good key */
    static VerificationKeys of(Authentication.Keys source, byte[] content) {
        return source instanceof Authentication.SecretFile ? ofSecret(HmacSecret.of(content)) : ofSet(content);
    }

    /** The name of the source's field, for complaints. */
    static String field(Authentication.Keys source) {
        return source instanceof Authentication.SecretFile ? "secretFile" : "jwksFile";
    }

    private static VerificationKeys ofSecret(HmacSecret secret) {
        try {
            return new VerificationKeys(List.of(new Key(JWSAlgorithm.HS256, null, new MACVerifier(secret.bytes()))));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("secretFile: not usable for HS256", e);
        }
    }

    private static VerificationKeys ofSet(byte[] content) {
        List<Key> keys = new ArrayList<>();
        try {
            for (JWK key :
                    JWKSet.parse(new String(content, StandardCharsets.UTF_8)).getKeys()) {
                if (key.isPrivate()) {
                    throw new IllegalArgumentException(
                            "jwksFile: holds a private or symmetric key (expected: public keys only)");
                }
                usable(key).ifPresent(keys::add);
            }
        } catch (ParseException | JOSEException e) {
            throw new IllegalArgumentException("jwksFile: not a JSON Web Key Set", e);
        }
        if (keys.isEmpty() || keys.size() > MAX_KEYS) {
            throw new IllegalArgumentException("jwksFile: " + keys.size() + " usable keys (expected: 1.." + MAX_KEYS
                    + ", RSA of " + MIN_RSA_BITS + " bits or more for RS256, or P-256 for ES256)");
        }
        return new VerificationKeys(keys);
    }

    /** Keys for other things than what is read here are nothing wrong in a set. */
    private static Optional<Key> usable(JWK key) throws JOSEException {
        boolean signs = key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE);
        if (signs && key instanceof RSAKey rsa && rsa.size() >= MIN_RSA_BITS && mayBe(key, JWSAlgorithm.RS256)) {
            return Optional.of(new Key(JWSAlgorithm.RS256, key.getKeyID(), new RSASSAVerifier(rsa)));
        }
        if (signs && key instanceof ECKey ec && Curve.P_256.equals(ec.getCurve()) && mayBe(key, JWSAlgorithm.ES256)) {
            return Optional.of(new Key(JWSAlgorithm.ES256, key.getKeyID(), new ECDSAVerifier(ec)));
        }
        return Optional.empty();
    }

    private static boolean mayBe(JWK key, JWSAlgorithm algorithm) {
        return key.getAlgorithm() == null || key.getAlgorithm().getName().equals(algorithm.getName());
    }

    /** Whether one of the keys signed this token. */
    boolean haveSigned(SignedJWT token) throws JOSEException {
        JWSHeader header = token.getHeader();
        for (Key key : keys) {
            boolean candidate = key.algorithm().equals(header.getAlgorithm())
                    && (header.getKeyID() == null
                            || key.id() == null
                            || header.getKeyID().equals(key.id()));
            if (candidate && token.verify(key.verifier())) {
                return true;
            }
        }
        return false;
    }
}
