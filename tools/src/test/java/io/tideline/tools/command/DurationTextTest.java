package io.tideline.tools.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class DurationTextTest {
    @ParameterizedTest
    @CsvSource({"500ms,500", "0s,0", "30,30000", "30s,30000", "5m,300000", "2h,7200000", "7d,604800000"})
    void convert_numberAndUnit(String text, long millis) {
        assertThat(new DurationText().convert(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-1s", "1.5s", "1w", "1234567890s"})
    void convert_malformed_isRefused(String text) {
        assertThatThrownBy(() -> new DurationText().convert(text)).isInstanceOf(TypeConversionException.class);
    }
}
