package io.tideline.api.server.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.ErrorInfo;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.tideline.api.server.status.CallFailure;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenVerifierTest {
    private static final String SECRET = "mQ7rT2xVb9KpL4wZc8NfHs3YgJd6AuEe";
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static RSAKey rsa;
    private static ECKey ec;

    @TempDir
    private Path directory;

    private Path file;
    private Instant time = NOW;

    @BeforeAll
    static void makeKeys() throws JOSEException {
        rsa = new RSAKeyGenerator(2048).keyID("r").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("e").generate();
    }

    @BeforeEach
    void writeSecret() throws IOException {
        file = directory.resolve("keys");
        Files.writeString(file, SECRET + "\n");
    }

    private TokenVerifier ofSecret() {
        return new TokenVerifier(
                new Authentication.Tokens(new Authentication.SecretFile(file), null, null), () -> time);
    }

    private TokenVerifier ofSet(JWK... keys) throws IOException {
        Files.writeString(file, new JWKSet(List.of(keys)).toString(false));
        return new TokenVerifier(new Authentication.Tokens(new Authentication.JwksFile(file), null, null), () -> time);
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .claim("app", "shop")
                .claim("scope", "user")
                .subject("anna")
                .expirationTime(Date.from(NOW.plusSeconds(60)));
    }

    private static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer) throws JOSEException {
        SignedJWT token = new SignedJWT(header, claims);
        token.sign(signer);
        return token.serialize();
    }

    private static String bySecret(JWTClaimsSet claims) throws JOSEException {
        return signed(new JWSHeader(JWSAlgorithm.HS256), claims, new MACSigner(SECRET.getBytes(UTF_8)));
    }

    private static void assertRefused(TokenVerifier verifier, String token) {
        assertThat(reason(verifier, token)).isEqualTo("UNAUTHENTICATED");
    }

    private static String reason(TokenVerifier verifier, String token) {
        try {
            return "accepted: " + verifier.verify(token);
        } catch (CallFailure refusal) {
            try {
                return refusal.status().getDetails(0).unpack(ErrorInfo.class).getReason();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void verify_user_namesAppAndUser() throws Exception {
        assertThat(ofSecret().verify(bySecret(claims().build())))
                .isEqualTo(new Caller(Scope.USER, new AppId("shop"), new UserId("anna")));
    }

    @Test
    void verify_serviceAndOperator_haveNoUser() throws Exception {
        TokenVerifier verifier = ofSecret();

        assertThat(verifier.verify(bySecret(claims().claim("scope", "service").build())))
                .isEqualTo(new Caller(Scope.SERVICE, new AppId("shop"), null));
        assertThat(verifier.verify(bySecret(
                        claims().claim("scope", "operator").claim("app", null).build())))
                .isEqualTo(new Caller(Scope.OPERATOR, null, null));
        assertThat(verifier.verify(
                        bySecret(claims().claim("scope", "openid service email").build())))
                .isEqualTo(new Caller(Scope.SERVICE, new AppId("shop"), null));
    }

    @Test
    void verify_issuedByTokenIssuer_isAccepted() {
        Caller caller = new Caller(Scope.SERVICE, new AppId("shop"), null);
        TokenIssuer issuer = new TokenIssuer(HmacSecret.read(file), () -> NOW, "us", "them");
        TokenVerifier verifier = new TokenVerifier(
                new Authentication.Tokens(new Authentication.SecretFile(file), "us", "them"), () -> time);

        assertThat(verifier.verify(issuer.issue(caller, java.time.Duration.ofMinutes(1))))
                .isEqualTo(caller);
    }

    @Test
    void verify_expiry_leavesSomeRoomForClocks() throws Exception {
        TokenVerifier verifier = ofSecret();
        String token = bySecret(claims().build());

        time = NOW.plusSeconds(89);
        assertThat(verifier.verify(token).scope()).isEqualTo(Scope.USER);
        time = NOW.plusSeconds(90);
        assertThat(reason(verifier, token)).isEqualTo("TOKEN_EXPIRED");
        assertThat(reason(ofSecret(), token)).isEqualTo("TOKEN_EXPIRED");
    }

    @Test
    void verify_notYetGood_isRefusedUntilThen() throws Exception {
        TokenVerifier verifier = ofSecret();
        String token =
                bySecret(claims().notBeforeTime(Date.from(NOW.plusSeconds(31))).build());

        assertRefused(verifier, token);
        time = NOW.plusSeconds(1);
        assertThat(verifier.verify(token).scope()).isEqualTo(Scope.USER);
    }

    @Test
    void verify_expiredAndForeign_doesNotTellOfExpiry() throws Exception {
        time = NOW.plusSeconds(1_000);

        assertRefused(
                ofSecret(),
                signed(
                        new JWSHeader(JWSAlgorithm.HS256),
                        claims().build(),
                        new MACSigner("another secret of some thirty-two bytes".getBytes(UTF_8))));
    }

    @Test
    void verify_claimsThatNameNobody_isRefused() throws Exception {
        List<Consumer<JWTClaimsSet.Builder>> wrongs = List.of(
                claims -> claims.expirationTime(null),
                claims -> claims.claim("scope", null),
                claims -> claims.claim("scope", "admin"),
                claims -> claims.claim("scope", "anyone"),
                claims -> claims.claim("scope", "user operator"),
                claims -> claims.claim("scope", List.of("operator")),
                claims -> claims.claim("app", null),
                claims -> claims.claim("app", ""),
                claims -> claims.claim("app", 7),
                claims -> claims.claim("app", "a\u0000b"),
                claims -> claims.subject(null),
                claims -> claims.subject("x".repeat(200)),
                claims -> claims.claim("scope", "service").claim("app", null));
        TokenVerifier verifier = ofSecret();

        for (Consumer<JWTClaimsSet.Builder> wrong : wrongs) {
            JWTClaimsSet.Builder claims = claims();
            wrong.accept(claims);
            assertRefused(verifier, bySecret(claims.build()));
        }
    }

    @Test
    void verify_issuerAndAudience_mustFitWhenConfigured() throws Exception {
        TokenVerifier verifier = new TokenVerifier(
                new Authentication.Tokens(new Authentication.SecretFile(file), "us", "tideline"), () -> time);

        assertThat(verifier.verify(bySecret(claims().issuer("us")
                                .audience(List.of("other", "tideline"))
                                .build()))
                        .scope())
                .isEqualTo(Scope.USER);
        assertRefused(verifier, bySecret(claims().build()));
        assertRefused(verifier, bySecret(claims().issuer("us").build()));
        assertRefused(
                verifier, bySecret(claims().issuer("them").audience("tideline").build()));
        assertRefused(verifier, bySecret(claims().issuer("us").audience("other").build()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a.b.c",
                "eyJhbGciOiJIUzI1NiJ9..",
                "eyJhbGciOiJIUzI1NiJ9.e30.",
                "eyJhbGciOiJub25lIn0.e30.",
                "{}.{}.{}",
                "\u0000.\uffff.x"
            })
    void verify_garbage_isRefused(String token) {
        assertRefused(ofSecret(), token);
    }

    @Test
    void verify_unsigned_isRefused() throws Exception {
        assertRefused(ofSecret(), new PlainJWT(claims().build()).serialize());
        assertRefused(ofSet(rsa.toPublicJWK()), new PlainJWT(claims().build()).serialize());
    }

    @Test
    void verify_alteredClaimsOrSignature_isRefused() throws Exception {
        TokenVerifier verifier = ofSecret();
        String token = bySecret(claims().build());
        String[] parts = token.split("\\.", -1);
        String operator = new SignedJWT(
                        new JWSHeader(JWSAlgorithm.HS256),
                        claims().claim("scope", "operator").build())
                .getPayload()
                .toBase64URL()
                .toString();

        verifier.verify(token);

        assertRefused(verifier, parts[0] + "." + operator + "." + parts[2]);
        assertRefused(verifier, parts[0] + "." + parts[1] + ".");
        assertRefused(
                verifier,
                parts[0] + "." + parts[1] + "." + (parts[2].startsWith("A") ? "B" : "A") + parts[2].substring(1));
    }

    @Test
    void verify_publicKeyTakenForASecret_isRefused() throws Exception {
        TokenVerifier verifier = ofSet(rsa.toPublicJWK());
        for (byte[] confused : List.of(
                rsa.toRSAPublicKey().getEncoded(),
                rsa.toPublicJWK().toJSONString().getBytes(UTF_8))) {
            JWSHeader header =
                    new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("r").build();
            assertRefused(verifier, signed(header, claims().build(), new MACSigner(confused)));
        }
    }

    @Test
    void verify_otherAlgorithmsOfARightKey_isRefused() throws Exception {
        TokenVerifier verifier = ofSet(rsa.toPublicJWK(), ec.toPublicJWK());

        for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.RS512, JWSAlgorithm.PS256)) {
            assertRefused(verifier, signed(new JWSHeader(algorithm), claims().build(), new RSASSASigner(rsa)));
        }
        assertRefused(
                ofLongSecret(),
                signed(
                        new JWSHeader(JWSAlgorithm.HS512),
                        claims().build(),
                        new MACSigner((SECRET + SECRET).getBytes(UTF_8))));
    }

    private TokenVerifier ofLongSecret() throws IOException {
        Files.writeString(file, SECRET + SECRET);
        return ofSecret();
    }

    @Test
    void verify_criticalHeadersAndOtherTypes_areRefused() throws Exception {
        TokenVerifier verifier = ofSecret();
        MACSigner signer = new MACSigner(SECRET.getBytes(UTF_8));
        JWSHeader critical = new JWSHeader.Builder(JWSAlgorithm.HS256)
                .criticalParams(Set.of("b64x"))
                .customParam("b64x", true)
                .build();
        JWSHeader type = new JWSHeader.Builder(JWSAlgorithm.HS256)
                .type(new JOSEObjectType("logout+jwt"))
                .build();

        assertRefused(verifier, signed(critical, claims().build(), signer));
        assertRefused(verifier, signed(type, claims().build(), signer));
    }

    @Test
    void verify_keySet_takesBothAlgorithmsWithAndWithoutKeyIds() throws Exception {
        TokenVerifier verifier = ofSet(rsa.toPublicJWK(), ec.toPublicJWK());
        JWSHeader named = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("r").build();
        JWSHeader unknown = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("x").build();

        assertThat(verifier.verify(signed(named, claims().build(), new RSASSASigner(rsa))))
                .isEqualTo(verifier.verify(
                        signed(new JWSHeader(JWSAlgorithm.ES256), claims().build(), new ECDSASigner(ec))));
        assertRefused(verifier, signed(unknown, claims().build(), new RSASSASigner(rsa)));
    }

    @Test
    void reload_changedFile_trustsTheNewKeysOnly() throws Exception {
        TokenVerifier verifier = ofSet(rsa.toPublicJWK());
        String old = signed(new JWSHeader(JWSAlgorithm.RS256), claims().build(), new RSASSASigner(rsa));
        String fresh = signed(new JWSHeader(JWSAlgorithm.ES256), claims().build(), new ECDSASigner(ec));
        assertThat(verifier.verify(old).scope()).isEqualTo(Scope.USER);
        assertRefused(verifier, fresh);

        Files.writeString(file, new JWKSet(ec.toPublicJWK()).toString(true));
        verifier.reload();

        assertThat(verifier.verify(fresh).scope()).isEqualTo(Scope.USER);
        assertRefused(verifier, old);
    }

    @Test
    void reload_fileThatIsWrongOrGone_keepsTheKeys() throws Exception {
        TokenVerifier verifier = ofSecret();
        String token = bySecret(claims().build());

        for (String wrong : List.of("", "short", "a".repeat(40))) {
            Files.writeString(file, wrong);
            verifier.reload();
            verifier.reload();
            assertThat(verifier.verify(token).scope()).isEqualTo(Scope.USER);
        }
        Files.delete(file);
        verifier.reload();
        assertThat(verifier.verify(token).scope()).isEqualTo(Scope.USER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "shorter than thirty-two bytes",
                "exactly-31-bytes-are-one-short!\n",
                "a-string-secret-at-least-256-bits-long\n",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "changchangchangchangchangchangchang"
            })
    void secret_shortOrKnown_isRefused(String secret) throws IOException {
        Files.writeString(file, secret);

        assertThatThrownBy(this::ofSecret)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("secretFile: ");
    }

    @Test
    void keySet_privateSecretWeakOrNone_isRefused() throws Exception {
        ECKey other = new ECKeyGenerator(Curve.P_384).generate();
        RSAKey weak = new RSAKeyGenerator(1024, true).generate();

        assertThatThrownBy(() -> ofSet(rsa)).hasMessageContaining("public keys only");
        assertThatThrownBy(() -> {
                    Files.writeString(file, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"" + "A".repeat(43) + "\"}]}");
                    ofSetFile();
                })
                .hasMessageContaining("public keys only");
        assertThatThrownBy(() -> ofSet(other.toPublicJWK(), weak.toPublicJWK())).hasMessageContaining("0 usable keys");
        assertThatThrownBy(() -> {
                    Files.writeString(file, "not a set");
                    ofSetFile();
                })
                .hasMessageContaining("not a JSON Web Key Set");
        assertThatThrownBy(() -> {
                    Files.delete(file);
                    ofSetFile();
                })
                .hasMessageContaining("cannot be read");
    }

    private void ofSetFile() {
        CallerInterceptor.check(new Authentication.Tokens(new Authentication.JwksFile(file), null, null));
    }
}
