package io.tideline.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.tideline.tools.CliFixture.Run;
import io.tideline.tools.command.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code token}, and what {@code serve} says to options that would leave a server less protected than meant. */
final class SecurityOptionsTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void writeSecrets() throws Exception {
        Files.writeString(directory.resolve("secret"), "mQ7rT2xVb9KpL4wZc8NfHs3YgJd6AuEe\n");
        Files.writeString(directory.resolve("short"), "short\n");
    }

    private Run run(String line) {
        return CliFixture.runAlone(line.replace("DIR", directory.toString()).split(" "));
    }

    @Test
    void token_user_hasTheClaims() throws Exception {
        Run run = run("token --secret-file DIR/secret --app shop --user anna --expires-in 15m --issuer us");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        JWTClaimsSet claims = SignedJWT.parse(run.out().strip()).getJWTClaimsSet();
        assertThat(claims.getStringClaim("app")).isEqualTo("shop");
        assertThat(claims.getStringClaim("scope")).isEqualTo("user");
        assertThat(claims.getSubject()).isEqualTo("anna");
        assertThat(claims.getIssuer()).isEqualTo("us");
        assertThat(Duration.between(
                        claims.getIssueTime().toInstant(),
                        claims.getExpirationTime().toInstant()))
                .isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void token_operator_needsNoApp() {
        assertThat(run("token --secret-file DIR/secret --scope operator").exitCode())
                .isEqualTo(ExitCode.OK);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    token --app shop --user anna                                        | --secret-file
                    token --secret-file DIR/secret --user anna                          | --app is needed
                    token --secret-file DIR/secret --app shop                           | --user goes with --scope user
                    token --secret-file DIR/secret --app shop --scope service --user x  | --user goes with --scope user
                    token --secret-file DIR/secret --scope anyone                       | --scope
                    token --secret-file DIR/short --app shop --user anna                | --secret-file: 5 bytes
                    token --secret-file DIR/none --app shop --user anna                 | --secret-file: cannot be read
                    token --secret-file DIR/secret --app a --user b --expires-in 0      | --expires-in
                    serve --bind 0.0.0.0                            | --auth: not chosen, and 0.0.0.0 can be reached
                    serve --auth jwt                                | --auth jwt needs --auth-secret-file or
                    serve --auth jwt --auth-secret-file DIR/secret --auth-jwks-file DIR/secret | and not both
                    serve --auth jwt --auth-secret-file DIR/short   | --auth-secret-file: 5 bytes
                    serve --auth jwt --auth-secret-file DIR/none    | --auth-secret-file: cannot be read
                    serve --auth jwt --auth-jwks-file DIR/secret    | --auth-jwks-file: not a JSON Web Key Set
                    serve --auth-secret-file DIR/secret             | go with --auth jwt
                    serve --auth open --auth-issuer us              | go with --auth jwt
                    serve --auth open --peer-secret-file DIR/secret | go with --auth jwt
                    serve --auth jwt --auth-secret-file DIR/secret --peer-secret-file DIR/short | --peer-secret-file: 5 bytes
                    serve --peer-ca DIR/secret                      | --peer-ca goes with --tls-cert
                    serve --auth closed                             | --auth
                    serve --tls-cert DIR/secret                     | --tls-cert and --tls-key go together
                    serve --tls-cert DIR/secret --tls-key DIR/none  | --tls-cert: no usable certificate
                    """)
    void options_thatDoNotFit_areRefusedBeforeAnythingStarts(String line, String complaint) {
        Run run = run(line);

        assertThat(run.err()).contains(complaint);
        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
