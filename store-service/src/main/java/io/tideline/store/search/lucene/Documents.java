package io.tideline.store.search.lucene;

import io.tideline.core.conversation.Conversation;
import io.tideline.store.search.IndexedMember;
import io.tideline.store.search.IndexedMessage;
import io.tideline.store.search.SearchSubject;
import java.util.Locale;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.util.BytesRef;

/** Makes documents. */
final class Documents {
    private final Analyzer analyzer;

    Documents(Analyzer analyzer) {
        this.analyzer = analyzer;
    }

    Document message(IndexedMessage message) {
        Document document = begin(
                Fields.messageId(message.conversation(), message.seq()),
                SearchSubject.MESSAGES,
                message.conversation());
        keyword(document, Fields.SENDER, message.sender());
        keyword(document, Fields.KIND, message.kind());
        number(document, Fields.TIME, message.time().toEpochMilli());
        document.add(new NumericDocValuesField(Fields.SEQ, message.seq()));
        document.add(new NumericDocValuesField(Fields.VERSION, message.version()));
        message.text().ifPresent(text -> document.add(new TextField(Fields.TEXT, text, Store.NO)));
        return document;
    }

    Document conversation(Conversation conversation) {
        String name = conversation.id().value();
        Document document = begin(Fields.conversationId(name), SearchSubject.CONVERSATIONS, name);
        keyword(document, Fields.KIND, conversation.kind().name().toLowerCase(Locale.ROOT));
        keyword(document, Fields.BY, conversation.createdBy().value());
        keyword(document, Fields.DISSOLVED, Boolean.toString(conversation.dissolved()));
        number(document, Fields.MEMBERS, conversation.memberCount());
        number(document, Fields.TIME, conversation.createdAt().toEpochMilli());
        Map<String, String> attributes = conversation.settings().attributes();
        attributes.forEach((attribute, value) -> {
            keyword(document, Fields.ATTRIBUTE, attribute + Fields.SEPARATOR + value);
            document.add(new TextField(Fields.TEXT, value, Store.NO));
        });
        document.add(new TextField(Fields.ATTRIBUTE_WORD, new AttributeWords(analyzer, attributes)));
        return document;
    }

    Document member(IndexedMember member) {
        String user = member.membership().user().value();
        Document document =
                begin(Fields.memberId(member.conversation(), user), SearchSubject.MEMBERS, member.conversation());
        keyword(document, Fields.USER, user);
        document.add(new SortedDocValuesField(Fields.USER, new BytesRef(user)));
        keyword(document, Fields.ROLE, member.membership().role().name().toLowerCase(Locale.ROOT));
        keyword(document, Fields.ACTIVE, Boolean.toString(member.membership().isActive()));
        number(document, Fields.JOINED, member.membership().joined().value());
        document.add(new TextField(Fields.TEXT, user, Store.NO));
        return document;
    }

    Document position(String conversation, long seq) {
        Document document = new Document();
        keyword(document, Fields.ID, Fields.positionId(conversation));
        keyword(document, Fields.DOC, Fields.POSITION_DOC);
        document.add(new NumericDocValuesField(Fields.POSITION, seq));
        return document;
    }

    private static Document begin(String id, SearchSubject subject, String conversation) {
        Document document = new Document();
        keyword(document, Fields.ID, id);
        keyword(document, Fields.DOC, Fields.document(subject));
        keyword(document, Fields.CONVERSATION, conversation);
        document.add(new SortedDocValuesField(Fields.CONVERSATION, new BytesRef(conversation)));
        return document;
    }

    private static void keyword(Document document, String field, String value) {
        document.add(new StringField(field, value, Store.NO));
    }

    private static void number(Document document, String field, long value) {
        document.add(new LongPoint(field, value));
        document.add(new NumericDocValuesField(field, value));
    }
}
