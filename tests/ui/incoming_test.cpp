// Tests of reading drops and the clipboard, with data as real programs send it.
#include "ui/list/incoming.h"

#include <QBuffer>
#include <QMimeData>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include "tests/ui/painted_pictures.h"
#include "ui/look/wording.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

namespace {

QByteArray png_bytes() {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    plain_picture(Qt::red).save(&buffer, "PNG");
    return bytes;
}

}  // namespace

class IncomingTest : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void files_by_url();
    void a_name_that_is_not_utf8();
    void encoded_bytes_win_over_pixels();
    void pixels_alone();
    void only_a_web_address();
    void a_web_address_with_its_picture();
    void a_data_url();
    void a_path_as_text();
    void what_is_no_picture_is_left_out();
    void unusable_data();
};

void IncomingTest::files_by_url() {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(QStringLiteral("/a/with space & ü.jpg")),
                  QUrl::fromLocalFile(QStringLiteral("/b"))});
    QVERIFY(may_contain_picture(data));
    const Incoming incoming = read_incoming(data);
    QCOMPARE(incoming.paths.size(), std::size_t{2});
    QCOMPARE(incoming.paths[0], std::filesystem::path("/a/with space & \xc3\xbc.jpg"));
    QCOMPARE(incoming.paths[1], std::filesystem::path("/b"));
}

void IncomingTest::a_name_that_is_not_utf8() {
    QMimeData data;
    data.setData(QStringLiteral("text/uri-list"), "file:///a/%FF%FE.jpg\r\n");
    const Incoming incoming = read_incoming(data);
    QCOMPARE(incoming.paths.size(), std::size_t{1});
    QCOMPARE(incoming.paths[0].native(), std::string("/a/\xff\xfe.jpg"));
}

void IncomingTest::encoded_bytes_win_over_pixels() {
    QMimeData data;
    data.setImageData(plain_picture(Qt::blue));
    data.setData(QStringLiteral("image/png"), png_bytes());
    const Incoming incoming = read_incoming(data);
    QCOMPARE(incoming.bytes, png_bytes());
    QVERIFY(incoming.image.isNull());
}

void IncomingTest::pixels_alone() {
    QMimeData data;
    data.setImageData(plain_picture(Qt::blue, QSize(7, 5)));
    QVERIFY(may_contain_picture(data));
    QCOMPARE(read_incoming(data).image.size(), QSize(7, 5));
}

void IncomingTest::only_a_web_address() {
    QMimeData data;
    data.setUrls({QUrl(QStringLiteral("https://example.org/picture.jpg"))});
    const Incoming incoming = read_incoming(data);
    QVERIFY(!incoming.has_picture());
    QCOMPARE(incoming.web_address, QStringLiteral("https://example.org/picture.jpg"));
}

void IncomingTest::a_web_address_with_its_picture() {
    QMimeData data;
    data.setUrls({QUrl(QStringLiteral("https://example.org/picture.jpg"))});
    data.setImageData(plain_picture(Qt::green, QSize(9, 4)));
    const Incoming incoming = read_incoming(data);
    QVERIFY(incoming.has_picture());
    QCOMPARE(incoming.image.size(), QSize(9, 4));
}

void IncomingTest::a_data_url() {
    QMimeData data;
    data.setText(QStringLiteral("data:image/png;base64,") +
                 QString::fromLatin1(png_bytes().toBase64()));
    QCOMPARE(read_incoming(data).bytes, png_bytes());
}

void IncomingTest::a_path_as_text() {
    const QTemporaryDir folder;
    const QString path =
        save_picture(QDir(folder.path()), QStringLiteral("one.png"), plain_picture(Qt::red));
    QMimeData data;
    data.setText(path + QLatin1Char('\n'));
    const Incoming incoming = read_incoming(data);
    QCOMPARE(incoming.paths.size(), std::size_t{1});
    QCOMPARE(incoming.paths[0], to_path(path));
}

void IncomingTest::what_is_no_picture_is_left_out() {
    const QByteArray words("just words, whatever the sender calls them");
    QMimeData data;
    data.setData(QStringLiteral("image/jpeg"), words);
    QVERIFY(!read_incoming(data).has_picture());
    data.setData(QStringLiteral("image/png"), png_bytes());  // the next best
    QCOMPARE(read_incoming(data).bytes, png_bytes());

    QMimeData address;
    address.setText(QStringLiteral("data:image/png;base64,") +
                    QString::fromLatin1(words.toBase64()));
    QVERIFY(!read_incoming(address).has_picture());

    const QTemporaryDir folder;
    QMimeData path;
    path.setText(save_bytes(QDir(folder.path()), QStringLiteral("notes.png"), words));
    QVERIFY(!read_incoming(path).has_picture());
    path.setText(folder.path());
    QCOMPARE(read_incoming(path).paths.size(), std::size_t{1});

    // A picture of a format that is not supported stays, so that this is said.
    QMimeData document;
    document.setData(QStringLiteral("image/tiff"), QByteArray("8BPS\0\1", 6) + words);
    QVERIFY(read_incoming(document).has_picture());
}

void IncomingTest::unusable_data() {
    QMimeData data;
    data.setText(QStringLiteral("just words, and /no/such/file.png"));
    const Incoming incoming = read_incoming(data);
    QVERIFY(!incoming.has_picture());
    QVERIFY(incoming.web_address.isEmpty());
    QMimeData nothing;
    QVERIFY(!may_contain_picture(nothing));
}

QTEST_MAIN(IncomingTest)
#include "incoming_test.moc"
