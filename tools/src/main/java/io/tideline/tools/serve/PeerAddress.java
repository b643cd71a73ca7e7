package io.tideline.tools.serve;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;

/**
 * Where other servers reach this one.
 *
 * @param port 0 to 65535; 0 for the port that the server opens
 */
record PeerAddress(String host, int port) {
    private static final Set<String> EVERY_ADDRESS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    PeerAddress {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host: blank (expected: a name or address)");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
        }
    }

    /** @throws IllegalArgumentException when it is not {@code HOST:PORT} */
    static PeerAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        return new PeerAddress(text.substring(0, Math.max(colon, 0)), Integer.parseInt(text.substring(colon + 1)));
    }

    /** The address that is listened on; when that is every address there is, this machine's name. */
    static PeerAddress ofBind(String bindAddress) {
        return new PeerAddress(EVERY_ADDRESS.contains(bindAddress) ? machineName() : bindAddress, 0);
    }

    private static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // Servers on this machine find it; for others there is --advertise.
            return "localhost";
        }
    }
}
