package io.tideline.hbase.store;

import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.hbase.HRegionLocation;

/** Where the regions of a table began when somebody looked. Growing old makes it slow, never wrong. */
final class RegionMap {
    private final byte[][] startKeys;

    private RegionMap(byte[][] startKeys) {
        this.startKeys = startKeys;
    }

    static RegionMap of(List<HRegionLocation> locations) {
        byte[][] keys = locations.stream()
                .filter(location -> location.getRegion().getReplicaId() == 0)
                .map(location -> location.getRegion().getStartKey())
                .sorted(Arrays::compareUnsigned)
                .toArray(byte[][]::new);
        return keys.length == 0 ? whole() : new RegionMap(keys);
    }

    /** One region for everything: what is believed before anybody has looked. */
    static RegionMap whole() {
        return new RegionMap(new byte[][] {{}});
    }

    int size() {
        return startKeys.length;
    }

    /** Which region, from 0, holds {@code row}. */
    int indexOf(byte[] row) {
        int found = Arrays.binarySearch(startKeys, row, Arrays::compareUnsigned);
        return found >= 0 ? found : Math.max(0, -found - 2);
    }

    boolean sameAs(RegionMap other) {
        return Arrays.deepEquals(startKeys, other.startKeys);
    }
}
