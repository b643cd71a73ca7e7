package io.tideline.hbase.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.MessageChange;
import io.tideline.core.message.PersonalMessage;
import io.tideline.core.message.Reaction;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.RegistryCodec.NodeLease;
import io.tideline.hbase.codec.RegistryCodec.UniqueName;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
    private static final TimelineId CONVERSATION = TimelineId.conversation("shop", "c1");
    private static final TimelineId REGISTRY = new TimelineId(new AppId("shop"), TimelineFamily.REGISTRY, "r");
    private static final Instant WHEN = Instant.ofEpochMilli(1_700_000_000_123L);
    private static final UserId ANN = new UserId("ann");

    private final MessageCodec codec = new MessageCodec();

    private static TimelineRecord record(RecordKind kind, List<KeyPart> parts, Payload value) {
        return new TimelineRecord(new RecordKey(CONVERSATION, kind, parts), 9, value);
    }

    private MessageChange roundTrip(MessageChange change) {
        List<KeyPart> key = MessageChange.takenBackKey(SequenceId.of(4));
        return codec.change(record(RecordKind.CHANGE, key, MessageCodec.encode(change)));
    }

    private static String hex(Payload payload) {
        return HexFormat.of().formatHex(payload.toByteArray());
    }

    @Test
    void change_everyKind_isReadAsWritten() {
        SequenceId at = SequenceId.of(9);
        List<MessageChange> changes = List.of(
                new MessageChange.Edited(ANN, at, WHEN, new MessageKind("text"), Payload.utf8("new")),
                new MessageChange.Recalled(ANN, at, WHEN),
                new MessageChange.Deleted(ANN, at, WHEN));

        assertThat(changes).allSatisfy(change -> assertThat(roundTrip(change)).isEqualTo(change));
    }

    @Test
    void change_bytes_neverChange() {
        MessageChange recalled = new MessageChange.Recalled(ANN, SequenceId.NONE, WHEN);

        assertThat(hex(MessageCodec.encode(recalled))).isEqualTo("010203616e6e0000018bcfe5687b");
        assertThat(hex(MessageCodec.encodeReaction(true))).isEqualTo("0101");
        assertThat(hex(MessageCodec.PRESENT)).isEqualTo("01");
    }

    @Test
    void reaction_isReadAsWritten() {
        List<KeyPart> key = Reaction.key(SequenceId.of(4), ANN, "+1");

        Reaction reaction = codec.reaction(record(RecordKind.REACTION, key, MessageCodec.encodeReaction(false)));

        assertThat(reaction).isEqualTo(new Reaction(SequenceId.of(4), ANN, "+1", false, SequenceId.of(9)));
    }

    @Test
    void change_ofUnknownKind_isCorrupt() {
        Payload bytes = Payload.copyOf(HexFormat.of().parseHex("010903616e6e0000018bcfe5687b"));
        TimelineRecord record = record(RecordKind.CHANGE, MessageChange.editKey(SequenceId.of(4)), bytes);

        assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> codec.change(record));
    }

    @Test
    void event_ofOthers_isAMessage() {
        UserId tooLong = new UserId("u".repeat(128));
        Payload forged = Payload.copyOf(HexFormat.of().parseHex("01010161ff"));

        assertThat(codec.event(entry("tideline.role", forged))).isEmpty();
        assertThat(codec.event(entry("tideline.unheard-of", Payload.EMPTY))).isEmpty();
        assertThat(codec.event(entry("tideline.left", EventCodec.encode(new ConversationEvent.Left(tooLong)))))
                .contains(new ConversationEvent.Left(tooLong));
        assertThat(codec.personal(entry("text", forged))).isEqualTo(new PersonalMessage(SequenceId.NONE, forged));
    }

    @Test
    void inboxEvent_ofOthers_isCorrupt() {
        Payload noId = Payload.copyOf(HexFormat.of().parseHex("01034120420000000000000001"));

        assertThatExceptionOfType(CorruptDataException.class)
                .isThrownBy(() -> InboxCodec.decode(new MessageKind("tideline.membership"), noId));
        assertThatExceptionOfType(CorruptDataException.class)
                .isThrownBy(() -> InboxCodec.decode(new MessageKind("text"), Payload.utf8("hello")));
    }

    private static Entry entry(String kind, Payload payload) {
        return new Entry(
                SequenceId.FIRST,
                MessageId.of(1),
                ANN.asSender(),
                new ClientMessageId("m"),
                new MessageKind(kind),
                payload,
                WHEN,
                0);
    }

    @Test
    void registry_recordsAreReadAsWritten() {
        UniqueName name = new UniqueName(new ConversationId("abc"), "f00d");
        NodeLease lease = new NodeLease("host:1", WHEN, WHEN.plusSeconds(10));
        RecordKey key = RecordKey.of(REGISTRY, RecordKind.UNIQUE, KeyPart.of("conversation"));

        assertThat(RegistryCodec.decodeUnique(new TimelineRecord(key, 1, RegistryCodec.encode(name))))
                .isEqualTo(name);
        assertThat(RegistryCodec.decodeLease(new TimelineRecord(key, 1, RegistryCodec.encode(lease))))
                .isEqualTo(lease);
    }
}
