package io.tideline.hbase.testcluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class RegionServerProcessTest {

    @Test
    void protocol_roundTrip_isEqual() {
        RegionServerProcess server = new RegionServerProcess(3, 4711, "localhost", 40001);

        assertThat(server.toProtocol()).isEqualTo("3,4711,localhost:40001");
        assertThat(RegionServerProcess.fromProtocol(server.toProtocol())).isEqualTo(server);
    }

    @Test
    void fromProtocol_partMissing_isRejected() {
        assertThatThrownBy(() -> RegionServerProcess.fromProtocol("3,4711,localhost"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("index,pid,host:port");
    }
}
