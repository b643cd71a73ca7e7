package io.tideline.tools.history;

import java.util.UUID;
import picocli.CommandLine.Option;

/** How an operation is started. */
public final class StartOptions {
    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "Names the operation: starting it again finds it (default: a new one).")
    private String id = "";

    @Option(names = "--no-wait", description = "Starts it and does not wait for its end.")
    private boolean noWait;

    /** A name in any case, so that a repeated call starts nothing twice. */
    public String id(String kind) {
        return id.isEmpty() ? kind + "-" + UUID.randomUUID() : id;
    }

    public boolean waits() {
        return !noWait;
    }
}
