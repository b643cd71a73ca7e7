package io.tideline.tools.command;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Looks whether anybody listens at an address, by connecting and hanging up. */
final class ServerProbe {
    private static final int CONNECT_TIMEOUT_MILLIS = 3_000;
    private static final long PAUSE_MILLIS = 200;

    private ServerProbe() {}

    /**
     * Returns once somebody listens.
     *
     * @param patience how long to try again; zero: once
     * @throws CommandFailure with {@link ExitCode#UNAVAILABLE} when nobody does
     */
    static void await(ServerAddress server, Duration patience) {
        long begin = System.nanoTime();
        while (true) {
            String refusal = tryOnce(server);
            if (refusal.isEmpty()) {
                return;
            }
            if (System.nanoTime() - begin >= patience.toNanos()) {
                throw new CommandFailure(ExitCode.UNAVAILABLE, "cannot reach " + server + ": " + refusal);
            }
            pause();
        }
    }

    /** Empty when somebody listens, else why not. */
    private static String tryOnce(ServerAddress server) {
        String refusal = "no address";
        try {
            for (InetAddress address : InetAddress.getAllByName(server.host())) {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(address, server.port()), CONNECT_TIMEOUT_MILLIS);
                    return "";
                } catch (IOException refused) {
                    refusal = String.valueOf(refused.getMessage());
                }
            }
        } catch (UnknownHostException unknown) {
            refusal = "unknown host";
        }
        return refusal;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.INTERNAL, "interrupted");
        }
    }
}
