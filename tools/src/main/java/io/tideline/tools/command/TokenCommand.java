package io.tideline.tools.command;

import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.identity.HmacSecret;
import io.tideline.api.server.identity.Scope;
import io.tideline.api.server.identity.TokenIssuer;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a token for a server that shares the secret; asks no server. */
@Command(
        name = "token",
        description = {
            "Makes a token (JWT, HS256) for a server that was started with the same secret,",
            "and prints it. For development, tests and operators; products have issuers."
        },
        footer = {
            "  openssl rand -base64 48 > secret && chmod 600 secret",
            "  tideline token --secret-file secret --scope service --app shop",
            "  tideline token --secret-file secret --app shop --user anna --expires-in 15m"
        })
public final class TokenCommand implements Callable<Integer> {
    /** What a command line may ask for: the scopes that stand in tokens. */
    enum TokenScope {
        USER(Scope.USER),
        SERVICE(Scope.SERVICE),
        OPERATOR(Scope.OPERATOR);

        private final Scope scope;

        TokenScope(Scope scope) {
            this.scope = scope;
        }
    }

    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--secret-file",
            required = true,
            paramLabel = "FILE",
            description = "The secret: the server's --auth-secret-file.")
    private Path secretFile = Path.of("");

    @Option(
            names = "--scope",
            defaultValue = "user",
            description = {
                "user: acts as himself; service: back end of an app; operator: operator calls,",
                "with --app about this app only, and as its back end (default: ${DEFAULT-VALUE})."
            })
    private TokenScope scope = TokenScope.USER;

    @Option(names = "--app", description = "The app (needed but for operators).")
    private @Nullable String app;

    @Option(names = "--user", description = "The user (needed for users, refused for others).")
    private @Nullable String user;

    @Option(
            names = "--expires-in",
            paramLabel = "TIME",
            defaultValue = "1h",
            description = "How long the token is good, e.g. 15m, 1h, 7d (default: ${DEFAULT-VALUE}).")
    private Duration expiresIn = Duration.ofHours(1);

    @Option(names = "--issuer", description = "Claim iss, for servers with --auth-issuer.")
    private @Nullable String issuer;

    @Option(names = "--audience", description = "Claim aud, for servers with --auth-audience.")
    private @Nullable String audience;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        common.require(scope == TokenScope.OPERATOR || app != null, "--app is needed for this scope");
        common.require((scope == TokenScope.USER) == (user != null), "--user goes with --scope user, and only with it");
        try {
            Caller caller = new Caller(
                    scope.scope, app == null ? null : new AppId(app), user == null ? null : new UserId(user));
            TokenIssuer tokens = new TokenIssuer(HmacSecret.read(secretFile), InstantSource.system(), issuer, audience);
            spec.commandLine().getOut().println(tokens.issue(caller, expiresIn));
        } catch (IllegalArgumentException e) {
            String complaint = String.valueOf(e.getMessage())
                    .replace("secretFile", "secret-file")
                    .replace("validFor", "expires-in");
            common.require(false, "--" + complaint);
        }
        return ExitCode.OK;
    }
}
