package io.tideline.tools.serve;

import io.tideline.api.server.ServerSecurity;
import io.tideline.api.server.ServerSecurity.TlsFiles;
import io.tideline.api.server.identity.Authentication;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Who may call a server, and how its port is protected. */
final class SecurityOptions {
    /** How a server learns who is calling. */
    enum AuthMode {
        OPEN,
        JWT
    }

    @Option(
            names = "--auth",
            paramLabel = "open|jwt",
            description = {
                "Who may call: open, everybody who reaches the port; jwt, who has a token.",
                "Needed to listen on an address that others can reach (default: open)."
            })
    private @Nullable AuthMode mode;

    @Option(
            names = "--auth-secret-file",
            paramLabel = "FILE",
            description = "The secret of tokens signed with HS256, 32 bytes or more; see \"tideline token\".")
    private @Nullable Path secretFile;

    @Option(
            names = "--auth-jwks-file",
            paramLabel = "FILE",
            description = "Public keys (JSON Web Key Set) of tokens signed with RS256 or ES256.")
    private @Nullable Path jwksFile;

    @Option(names = "--auth-issuer", paramLabel = "NAME", description = "What a token's claim iss must say.")
    private @Nullable String issuer;

    @Option(names = "--auth-audience", paramLabel = "NAME", description = "What a token's claim aud must hold.")
    private @Nullable String audience;

    @Option(
            names = "--peer-secret-file",
            paramLabel = "FILE",
            description = {
                "What the servers of one installation know each other by, the same for all, as of",
                "--auth-secret-file (default: that one; needed with --auth-jwks-file)."
            })
    private @Nullable Path peerSecret;

    @Option(
            names = "--peer-ca",
            paramLabel = "FILE",
            description = "Certificates (PEM) that other servers' are checked with (default: those of --tls-cert).")
    private @Nullable Path peerCa;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "The server's certificate chain (PEM): TLS on the port, and no plaintext.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key (PEM, PKCS #8).")
    private @Nullable Path key;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    ServerSecurity security() {
        ServerSecurity security = ServerSecurity.DEFAULT;
        require((certificate == null) == (key == null), "--tls-cert and --tls-key go together");
        if (certificate != null && key != null) {
            security = security.withTls(new TlsFiles(certificate, key));
        }
        if (mode == AuthMode.JWT) {
            return security.withAuthentication(new Authentication.Tokens(keys(), issuer, audience, peerSecret));
        }
        require(
                secretFile == null && jwksFile == null && issuer == null && audience == null && peerSecret == null,
                "--auth-secret-file, --auth-jwks-file, --auth-issuer, --auth-audience and --peer-secret-file go with"
                        + " --auth jwt");
        return mode == AuthMode.OPEN ? security.withAuthentication(new Authentication.Open()) : security;
    }

    /** What other servers' certificates are checked with; empty when there is no TLS. */
    Optional<Path> peerCertificates() {
        require(peerCa == null || certificate != null, "--peer-ca goes with --tls-cert");
        return Optional.ofNullable(peerCa == null ? certificate : peerCa);
    }

    private Authentication.Keys keys() {
        require(
                (secretFile == null) != (jwksFile == null),
                "--auth jwt needs --auth-secret-file or --auth-jwks-file, and not both");
        return secretFile != null
                ? new Authentication.SecretFile(secretFile)
                : new Authentication.JwksFile(Objects.requireNonNull(jwksFile));
    }

    private void require(boolean condition, String complaint) {
        if (!condition) {
            throw new ParameterException(command.commandLine(), complaint);
        }
    }
}
