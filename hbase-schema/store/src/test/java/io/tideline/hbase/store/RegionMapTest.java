package io.tideline.hbase.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.hbase.HRegionLocation;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.client.RegionInfoBuilder;
import org.junit.jupiter.api.Test;

final class RegionMapTest {
    private static final TableName TABLE = TableName.valueOf("t");

    /** A map of regions that begin at these bytes, in hexadecimal. */
    static RegionMap of(String... startKeys) {
        return RegionMap.of(Stream.of(startKeys)
                .map(key -> location(key, RegionInfo.DEFAULT_REPLICA_ID))
                .toList());
    }

    private static HRegionLocation location(String startKey, int replica) {
        return new HRegionLocation(
                RegionInfoBuilder.newBuilder(TABLE)
                        .setStartKey(HexFormat.of().parseHex(startKey))
                        .setReplicaId(replica)
                        .build(),
                ServerName.valueOf("localhost", 1, 1));
    }

    @Test
    void indexOf_rowsAroundTheStartKeys_areInTheRegionThatBeginsAtOrBeforeThem() {
        RegionMap map = of("", "40", "80", "c000");

        assertThat(map.size()).isEqualTo(4);
        assertThat(indexOf(map, "00")).isZero();
        assertThat(indexOf(map, "3fffffff")).isZero();
        assertThat(indexOf(map, "40")).isEqualTo(1);
        assertThat(indexOf(map, "4000")).isEqualTo(1);
        assertThat(indexOf(map, "7f")).isEqualTo(1);
        assertThat(indexOf(map, "80")).isEqualTo(2);
        assertThat(indexOf(map, "c0")).isEqualTo(2);
        assertThat(indexOf(map, "ffffffff")).isEqualTo(3);
    }

    @Test
    void of_regionsInAnyOrder_isTheSameMap() {
        assertThat(of("80", "", "40").sameAs(of("", "40", "80"))).isTrue();
        assertThat(of("", "80").sameAs(of("", "40"))).isFalse();
        assertThat(of("", "80").sameAs(of(""))).isFalse();
    }

    @Test
    void of_noRegions_isOneRegionForEverything() {
        assertThat(of().sameAs(RegionMap.whole())).isTrue();
        assertThat(indexOf(RegionMap.whole(), "ff")).isZero();
    }

    @Test
    void of_readReplicas_areLeftOut() {
        RegionMap map = RegionMap.of(List.of(location("", 0), location("", 1), location("80", 0), location("80", 1)));

        assertThat(map.sameAs(of("", "80"))).isTrue();
    }

    /** Cannot be when the table is whole; while it changes, any region is better than none. */
    @Test
    void indexOf_rowBeforeTheFirstRegion_isTheFirst() {
        assertThat(indexOf(of("40", "80"), "00")).isZero();
    }

    private static int indexOf(RegionMap map, String row) {
        return map.indexOf(HexFormat.of().parseHex(row));
    }
}
