package io.tideline.hbase.schema;

import io.tideline.hbase.sequencer.SchemaNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.NamespaceDescriptor;
import org.apache.hadoop.hbase.NamespaceExistException;
import org.apache.hadoop.hbase.TableExistsException;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptor;
import org.apache.hadoop.hbase.client.CoprocessorDescriptor;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.client.TableDescriptor;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.util.Bytes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates, checks and upgrades the tables. Blocking: for the start of a process and for operators. */
public final class TidelineSchema {
    private static final Logger LOG = LoggerFactory.getLogger(TidelineSchema.class);

    private final Admin admin;
    private final SchemaConfig config;
    private final TableDescriptors descriptors;

    public TidelineSchema(Admin admin, SchemaConfig config) {
        this.admin = admin;
        this.config = config;
        this.descriptors = new TableDescriptors(config);
    }

    /** Creates what is missing and leaves alone what is there. Several processes may do this at the same time. */
    public void create() throws IOException {
        if (Arrays.stream(admin.listNamespaces()).noneMatch(config.namespace()::equals)) {
            createNamespace();
        }
        for (TimelineTable table : TimelineTable.values()) {
            if (!admin.tableExists(table.name(config.namespace()))) {
                createTable(table);
            }
        }
    }

    private void createNamespace() throws IOException {
        try {
            admin.createNamespace(NamespaceDescriptor.create(config.namespace()).build());
        } catch (NamespaceExistException e) {
            LOG.debug("somebody else has just created the namespace", e);
        }
    }

    private void createTable(TimelineTable table) throws IOException {
        try {
            byte[][] splitKeys = descriptors.splitKeys();
            TableDescriptor descriptor = descriptors.of(table);
            if (splitKeys.length == 0) {
                admin.createTable(descriptor);
            } else {
                admin.createTable(descriptor, splitKeys);
            }
            LOG.info("created table {} with {} regions", descriptor.getTableName(), splitKeys.length + 1);
        } catch (TableExistsException e) {
            LOG.debug("somebody else has just created the table", e);
        }
    }

    /** Compares every table with what this version would create. */
    public List<SchemaFinding> check() throws IOException {
        List<SchemaFinding> findings = new ArrayList<>();
        for (TimelineTable table : TimelineTable.values()) {
            if (!admin.tableExists(table.name(config.namespace()))) {
                findings.add(new SchemaFinding(table, "table is missing", true));
                continue;
            }
            TableDescriptor actual = admin.getDescriptor(table.name(config.namespace()));
            findings.addAll(compare(table, actual, descriptors.of(table)));
        }
        return findings;
    }

    private static List<SchemaFinding> compare(TimelineTable table, TableDescriptor actual, TableDescriptor wanted) {
        List<SchemaFinding> findings = new ArrayList<>();
        compareObserver(table, actual, wanted).ifPresent(findings::add);
        for (String key : List.of(
                "hbase.regionserver.region.split_restriction.type",
                "hbase.regionserver.region.split_restriction.prefix_length")) {
            if (!Objects.equals(actual.getValue(key), wanted.getValue(key))) {
                findings.add(new SchemaFinding(table, key + " is " + actual.getValue(key), true));
            }
        }
        for (ColumnFamilyDescriptor family : wanted.getColumnFamilies()) {
            findings.addAll(compareFamily(table, actual.getColumnFamily(family.getName()), family));
        }
        String version = actual.getValue(TableDescriptors.VERSION_KEY);
        if (!TableDescriptors.VERSION.equals(version)) {
            findings.add(new SchemaFinding(
                    table, "schema version is " + version + ", this server's is " + TableDescriptors.VERSION, false));
        }
        return findings;
    }

    private static Optional<SchemaFinding> compareObserver(
            TimelineTable table, TableDescriptor actual, TableDescriptor wanted) {
        if (observer(wanted).isEmpty()) {
            return Optional.empty();
        }
        Optional<CoprocessorDescriptor> observer = observer(actual);
        if (observer.isEmpty()) {
            return Optional.of(new SchemaFinding(table, "the sequencer is missing from the table", true));
        }
        Optional<String> jar = observer.get().getJarPath();
        Optional<String> wantedJar = observer(wanted).orElseThrow().getJarPath();
        return jar.equals(wantedJar)
                ? Optional.empty()
                : Optional.of(new SchemaFinding(
                        table,
                        "sequencer is loaded from " + jar.orElse("the class path") + ", this server's is in "
                                + wantedJar.orElse("the class path"),
                        false));
    }

    private static Optional<CoprocessorDescriptor> observer(TableDescriptor descriptor) {
        return descriptor.getCoprocessorDescriptors().stream()
                .filter(c -> c.getClassName().equals(SchemaNames.OBSERVER_CLASS))
                .findFirst();
    }

    private static List<SchemaFinding> compareFamily(
            TimelineTable table, ColumnFamilyDescriptor actual, ColumnFamilyDescriptor wanted) {
        String name = wanted.getNameAsString();
        if (actual == null) {
            return List.of(new SchemaFinding(table, "family " + name + " is missing", true));
        }
        List<SchemaFinding> findings = new ArrayList<>();
        if (actual.getTimeToLive() != wanted.getTimeToLive()) {
            // Of an inbox's entries another time to live is a matter of taste; what is never to expire is not.
            boolean forgets = wanted.getTimeToLive() == HConstants.FOREVER
                    && !Bytes.equals(wanted.getName(), SchemaNames.ENTRY_FAMILY);
            findings.add(new SchemaFinding(
                    table,
                    "family " + name + " keeps cells " + actual.getTimeToLive() + " s (expected: "
                            + wanted.getTimeToLive() + ")",
                    forgets));
        }
        return findings;
    }

    /** Makes every table what this version would create. Regions are reopened one by one; data stays as it is. */
    public void upgrade() throws IOException {
        create();
        for (TimelineTable table : TimelineTable.values()) {
            TableDescriptor actual = admin.getDescriptor(table.name(config.namespace()));
            TableDescriptor wanted = descriptors.of(table);
            if (!compare(table, actual, wanted).isEmpty()) {
                TableDescriptor merged = merge(actual, wanted);
                if (wanted.hasColumnFamily(SchemaNames.ACTIVITY_FAMILY) && isFromBeforeActivity(actual)) {
                    noteActivity(merged, actual.getValue(TableDescriptors.VERSION_KEY));
                }
                admin.modifyTable(merged);
                LOG.info("upgraded table {}", wanted.getTableName());
            }
        }
    }

    private static boolean isFromBeforeActivity(TableDescriptor actual) {
        String version = actual.getValue(TableDescriptors.VERSION_KEY);
        return version == null || TableDescriptors.VERSIONS_BEFORE_ACTIVITY.contains(version);
    }

    /**
     * First the sequencer that notes days from now on, then the days from before; the version is raised last, so that an
     * upgrade that breaks off here is done again.
     */
    private void noteActivity(TableDescriptor merged, @Nullable String version) throws IOException {
        admin.modifyTable(TableDescriptorBuilder.newBuilder(merged)
                .setValue(TableDescriptors.VERSION_KEY, version == null ? "0" : version)
                .build());
        try (Table table = admin.getConnection().getTable(merged.getTableName())) {
            LOG.info(
                    "noted the activity of {} timelines of table {}",
                    new ActivityBackfill(table).run(),
                    merged.getTableName());
        }
    }

    /** What operators have set besides ours is kept. */
    private static TableDescriptor merge(TableDescriptor actual, TableDescriptor wanted) throws IOException {
        TableDescriptorBuilder builder = TableDescriptorBuilder.newBuilder(wanted);
        actual.getValues().forEach((key, value) -> {
            if (wanted.getValue(key) == null && !Bytes.toString(key.get()).startsWith("coprocessor$")) {
                builder.setValue(key, value);
            }
        });
        for (CoprocessorDescriptor other : actual.getCoprocessorDescriptors()) {
            if (!other.getClassName().equals(SchemaNames.OBSERVER_CLASS)) {
                builder.setCoprocessor(other);
            }
        }
        for (ColumnFamilyDescriptor family : actual.getColumnFamilies()) {
            if (wanted.getColumnFamily(family.getName()) == null) {
                builder.setColumnFamily(family);
            }
        }
        return builder.build();
    }
}
