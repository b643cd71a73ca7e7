package io.tideline.api.server;

import java.util.Objects;

/**
 * Where the server listens and what it allows.
 *
 * @param port 0 to 65535; 0 takes any free one
 * @param bindAddress name or address of the interface; the default is the loopback
 * @param security the default is to choose by the address, see {@link ServerSecurity}
 * @param messaging what apps let their users do
 */
public record TidelineServerConfig(
        int port, String bindAddress, Limits limits, ServerSecurity security, MessagingConfig messaging) {
    public static final int DEFAULT_PORT = 7420;
    public static final String LOOPBACK = "127.0.0.1";

    public TidelineServerConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
        }
        if (bindAddress.isBlank()) {
            throw new IllegalArgumentException("bindAddress: blank (expected: a host name or address)");
        }
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(security, "security");
        Objects.requireNonNull(messaging, "messaging");
    }

    /** On the loopback with default limits. */
    public static TidelineServerConfig onPort(int port) {
        return new TidelineServerConfig(
                port, LOOPBACK, Limits.DEFAULT, ServerSecurity.DEFAULT, MessagingConfig.DEFAULT);
    }

    public TidelineServerConfig withBindAddress(String address) {
        return new TidelineServerConfig(port, address, limits, security, messaging);
    }

    public TidelineServerConfig withLimits(Limits newLimits) {
        return new TidelineServerConfig(port, bindAddress, newLimits, security, messaging);
    }

    public TidelineServerConfig withSecurity(ServerSecurity newSecurity) {
        return new TidelineServerConfig(port, bindAddress, limits, newSecurity, messaging);
    }

    public TidelineServerConfig withMessaging(MessagingConfig newMessaging) {
        return new TidelineServerConfig(port, bindAddress, limits, security, newMessaging);
    }

    /**
     * Finds out whether a server could start with this, as far as files of keys and certificates are concerned. Blocks.
     *
     * @throws IllegalArgumentException {@code field: what is there (expected: ...)}
     */
    public void check() {
        security.check(bindAddress);
    }

    /**
     * What one connection may do.
     *
     * @param maxInboundMessageBytes after decompression
     * @param maxInboundMetadataBytes sum of names and values of a call's headers
     * @param maxCallsPerConnection open at the same time; a stream is one
     * @param maxResetsPer30Seconds calls that a client may cancel, by deadline or by hand, before the connection is
     *     closed as an attack (CVE-2023-44487)
     * @param streamWindowItems requests of one AppendStream that may wait for their answer to be sent
     * @param streamWindowBytes payload of those
     */
    public record Limits(
            int maxInboundMessageBytes,
            int maxInboundMetadataBytes,
            int maxCallsPerConnection,
            int maxResetsPer30Seconds,
            int streamWindowItems,
            int streamWindowBytes) {
        /**
         * 16 MiB hold a BatchAppend of 10,000 entries of 1.5 KiB. Resets: twice the open calls, so that a pause of the
         * storage that lets a full connection run into its deadlines does not look like an attack.
         */
        public static final Limits DEFAULT = new Limits(16 << 20, 8 << 10, 1024, 2048, 512, 4 << 20);

        public Limits {
            atLeastOne("maxInboundMessageBytes", maxInboundMessageBytes);
            atLeastOne("maxInboundMetadataBytes", maxInboundMetadataBytes);
            atLeastOne("maxCallsPerConnection", maxCallsPerConnection);
            atLeastOne("maxResetsPer30Seconds", maxResetsPer30Seconds);
            atLeastOne("streamWindowItems", streamWindowItems);
            atLeastOne("streamWindowBytes", streamWindowBytes);
        }

        private static void atLeastOne(String field, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(field + ": " + value + " (expected: 1 or more)");
            }
        }
    }
}
