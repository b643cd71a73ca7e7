package io.tideline.tools.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerAddressTest {
    @Test
    void parse_hostAndPort() {
        assertThat(ServerAddress.parse("db.example:7420")).isEqualTo(new ServerAddress("db.example", 7420));
    }

    @Test
    void parse_ipv6InBrackets_losesAndRegainsThem() {
        ServerAddress address = ServerAddress.parse("[::1]:7420");

        assertThat(address.host()).isEqualTo("::1");
        assertThat(address).hasToString("[::1]:7420");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", ":1", "host:x", "host:0", "host:65536", "::1:7420"})
    void parse_malformed_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ServerAddress.parse(text));
    }
}
