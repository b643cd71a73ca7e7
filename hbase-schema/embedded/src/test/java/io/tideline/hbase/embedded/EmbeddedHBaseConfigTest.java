package io.tideline.hbase.embedded;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EmbeddedHBaseConfigTest {

    @Test
    void new_portOutOfRange_isRefused() {
        assertThatThrownBy(() -> EmbeddedHBaseConfig.on(Path.of("data")).withZookeeperPort(65_536))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("zookeeperPort: 65536 (expected: 0..65535)");
    }

    @Test
    void new_noTimeToStart_isRefused() {
        assertThatThrownBy(() -> new EmbeddedHBaseConfig(Path.of("data"), 0, Duration.ZERO, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("startTimeout");
    }
}
