package io.tideline.tools.command;

import io.tideline.client.ClientTls;
import io.tideline.client.TidelineClient;
import io.tideline.client.TidelineClientConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which server, and how long to wait for it. */
public final class ConnectionOptions {
    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:TIDELINE_SERVER:-127.0.0.1:7420}",
            description = "Where the server listens (default: TIDELINE_SERVER, else 127.0.0.1:7420).")
    private String server = "127.0.0.1:7420";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "For one call, e.g. 500ms, 30s, 2m (default: ${DEFAULT-VALUE}; scheduler run: 1h).")
    private Duration callTimeout = Duration.ofSeconds(30);

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            defaultValue = "${env:TIDELINE_TOKEN:-}",
            description = "Says who calls, where the server asks for it (default: TIDELINE_TOKEN).")
    private String token = "";

    @Option(names = "--tls", description = "TLS to the server, trusting the authorities that the JDK trusts.")
    private boolean tls;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            defaultValue = "${env:TIDELINE_TLS_CA:-}",
            description = {
                "TLS to the server, trusting the certificates of this PEM file, and no others",
                "(default: TIDELINE_TLS_CA)."
            })
    private String trusted = "";

    private Duration retryFor = Duration.ofSeconds(2);

    private Duration probeFor = Duration.ZERO;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--retry-for",
            paramLabel = "TIME",
            description = "Repeats what fails because the server is away or busy this long"
                    + " (default: 2s; import: 5m; simulate: 2m).")
    void retryFor(Duration duration) {
        retryFor = duration;
        // Whoever asks for patience wants it for a server that is only starting, too.
        probeFor = duration;
    }

    ServerAddress address() {
        try {
            return ServerAddress.parse(server);
        } catch (IllegalArgumentException malformed) {
            throw new ParameterException(command.commandLine(), String.valueOf(malformed.getMessage()), malformed);
        }
    }

    /**
     * A client, after a look whether anybody listens: the client itself would wait for a server for a whole call's time.
     *
     * @throws CommandFailure with {@link ExitCode#UNAVAILABLE} when nobody does
     */
    public TidelineClient open() {
        ServerProbe.await(address(), probeFor);
        return connect(config());
    }

    /** A client of {@link #config}, or one like it. */
    public TidelineClient connect(TidelineClientConfig config) {
        try {
            return TidelineClient.connect(config);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage()).replace("trusted:", "tls-ca:");
            throw new ParameterException(command.commandLine(), "--" + message, e);
        }
    }

    public TidelineClientConfig config() {
        TidelineClientConfig config = TidelineClientConfig.of(address().toString())
                .withCallTimeout(callTimeout)
                .withRetryFor(retryFor)
                .withToken(() -> token);
        if (!trusted.isEmpty()) {
            return config.withTls(ClientTls.trusting(Path.of(trusted)));
        }
        return tls ? config.withTls(ClientTls.system()) : config;
    }

    /** Lets {@code --retry-for} be this long when it is not given. */
    public void retryByDefaultFor(Duration duration) {
        if (!command.commandLine().getParseResult().hasMatchedOption("--retry-for")) {
            retryFor = duration;
            probeFor = duration;
        }
    }

    /** Lets {@code --timeout} be this long when it is not given: for a call that lasts as long as its work. */
    public void waitByDefaultFor(Duration duration) {
        if (!command.commandLine().getParseResult().hasMatchedOption("--timeout")) {
            callTimeout = duration;
        }
    }

    /** When every call of the client is over, with some room for this process's own slowness. */
    public Duration patience() {
        return retryFor.plus(callTimeout).plusSeconds(10);
    }

    /** The answer of a call, its failure thrown as it is. */
    public <T> T await(CompletableFuture<T> answer) {
        return Await.result(answer, patience());
    }
}
