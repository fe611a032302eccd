"""The texts that tokenizers were measured on, by the name in the table, in both languages."""

from app.catalog.words.labels import Label

# The dataset itself, where its own files were measured.
OWN_FILES = "files of this dataset"

MEASURED_TEXTS: dict[str, Label] = {
    OWN_FILES: Label("本数据集的文件", OWN_FILES),
    "UDHR, English": Label(
        "《世界人权宣言》，英语", "Universal Declaration of Human Rights, English"
    ),
    "UDHR, Chinese, simplified": Label(
        "《世界人权宣言》，简体中文", "Universal Declaration of Human Rights, Simplified Chinese"
    ),
    "UDHR, Chinese, traditional": Label(
        "《世界人权宣言》，繁体中文", "Universal Declaration of Human Rights, Traditional Chinese"
    ),
    "UDHR, Spanish": Label(
        "《世界人权宣言》，西班牙语", "Universal Declaration of Human Rights, Spanish"
    ),
    "UDHR, French": Label(
        "《世界人权宣言》，法语", "Universal Declaration of Human Rights, French"
    ),
    "UDHR, German": Label(
        "《世界人权宣言》，德语", "Universal Declaration of Human Rights, German"
    ),
    "UDHR, Portuguese, Brazil": Label(
        "《世界人权宣言》，巴西葡萄牙语",
        "Universal Declaration of Human Rights, Brazilian Portuguese",
    ),
    "UDHR, Italian": Label(
        "《世界人权宣言》，意大利语", "Universal Declaration of Human Rights, Italian"
    ),
    "UDHR, Russian": Label(
        "《世界人权宣言》，俄语", "Universal Declaration of Human Rights, Russian"
    ),
    "UDHR, Ukrainian": Label(
        "《世界人权宣言》，乌克兰语", "Universal Declaration of Human Rights, Ukrainian"
    ),
    "UDHR, Polish": Label(
        "《世界人权宣言》，波兰语", "Universal Declaration of Human Rights, Polish"
    ),
    "UDHR, Czech": Label(
        "《世界人权宣言》，捷克语", "Universal Declaration of Human Rights, Czech"
    ),
    "UDHR, Dutch": Label(
        "《世界人权宣言》，荷兰语", "Universal Declaration of Human Rights, Dutch"
    ),
    "UDHR, Swedish": Label(
        "《世界人权宣言》，瑞典语", "Universal Declaration of Human Rights, Swedish"
    ),
    "UDHR, Finnish": Label(
        "《世界人权宣言》，芬兰语", "Universal Declaration of Human Rights, Finnish"
    ),
    "UDHR, Hungarian": Label(
        "《世界人权宣言》，匈牙利语", "Universal Declaration of Human Rights, Hungarian"
    ),
    "UDHR, Turkish": Label(
        "《世界人权宣言》，土耳其语", "Universal Declaration of Human Rights, Turkish"
    ),
    "UDHR, Vietnamese": Label(
        "《世界人权宣言》，越南语", "Universal Declaration of Human Rights, Vietnamese"
    ),
    "UDHR, Indonesian": Label(
        "《世界人权宣言》，印度尼西亚语", "Universal Declaration of Human Rights, Indonesian"
    ),
    "UDHR, Japanese": Label(
        "《世界人权宣言》，日语", "Universal Declaration of Human Rights, Japanese"
    ),
    "UDHR, Korean": Label(
        "《世界人权宣言》，韩语", "Universal Declaration of Human Rights, Korean"
    ),
    "UDHR, Thai": Label("《世界人权宣言》，泰语", "Universal Declaration of Human Rights, Thai"),
    "UDHR, Arabic": Label(
        "《世界人权宣言》，阿拉伯语", "Universal Declaration of Human Rights, Arabic"
    ),
    "UDHR, Persian": Label(
        "《世界人权宣言》，波斯语", "Universal Declaration of Human Rights, Persian"
    ),
    "UDHR, Hebrew": Label(
        "《世界人权宣言》，希伯来语", "Universal Declaration of Human Rights, Hebrew"
    ),
    "UDHR, Hindi": Label(
        "《世界人权宣言》，印地语", "Universal Declaration of Human Rights, Hindi"
    ),
    "UDHR, Bengali": Label(
        "《世界人权宣言》，孟加拉语", "Universal Declaration of Human Rights, Bengali"
    ),
    "UDHR, Tamil": Label(
        "《世界人权宣言》，泰米尔语", "Universal Declaration of Human Rights, Tamil"
    ),
    "UDHR, Telugu": Label(
        "《世界人权宣言》，泰卢固语", "Universal Declaration of Human Rights, Telugu"
    ),
    "UDHR, Urdu": Label(
        "《世界人权宣言》，乌尔都语", "Universal Declaration of Human Rights, Urdu"
    ),
    "UDHR, Swahili": Label(
        "《世界人权宣言》，斯瓦希里语", "Universal Declaration of Human Rights, Swahili"
    ),
    "UDHR, Yoruba": Label(
        "《世界人权宣言》，约鲁巴语", "Universal Declaration of Human Rights, Yoruba"
    ),
    "UDHR, Amharic": Label(
        "《世界人权宣言》，阿姆哈拉语", "Universal Declaration of Human Rights, Amharic"
    ),
    "UDHR, Burmese": Label(
        "《世界人权宣言》，缅甸语", "Universal Declaration of Human Rights, Burmese"
    ),
    "UDHR, Khmer": Label(
        "《世界人权宣言》，高棉语", "Universal Declaration of Human Rights, Khmer"
    ),
    "UDHR, Greek": Label(
        "《世界人权宣言》，希腊语", "Universal Declaration of Human Rights, Greek"
    ),
    "UDHR, Tibetan": Label(
        "《世界人权宣言》，藏语", "Universal Declaration of Human Rights, Tibetan"
    ),
    "UDHR, Mongolian, Cyrillic": Label(
        "《世界人权宣言》，蒙古语（西里尔文）",
        "Universal Declaration of Human Rights, Mongolian (Cyrillic)",
    ),
    "UDHR, Kazakh": Label(
        "《世界人权宣言》，哈萨克语", "Universal Declaration of Human Rights, Kazakh"
    ),
    "Python standard library": Label("Python 标准库", "Python standard library"),
    "C and C++ headers": Label("C 与 C++ 头文件", "C and C++ headers"),
    "JavaScript packages": Label("JavaScript 软件包", "JavaScript packages"),
    "JSON configuration": Label("JSON 配置文件", "JSON configuration"),
    "English software licences": Label("英语软件许可证", "English software licences"),
    "Markdown and RST documentation": Label(
        "Markdown 与 RST 文档", "Markdown and RST documentation"
    ),
    "protein letters, synthetic at Swiss-Prot frequencies": Label(
        "按 Swiss-Prot 频率合成的蛋白质字母序列",
        "protein letters, synthetic at Swiss-Prot frequencies",
    ),
    "DNA letters, synthetic uniform": Label(
        "均匀合成的 DNA 字母序列", "DNA letters, synthetic uniform"
    ),
    "SMILES of 13 drug molecules": Label("13 种药物分子的 SMILES", "SMILES of 13 drug molecules"),
}


def measured_text(name: str) -> Label:
    """Return what a measured text is called; one that is not in the list keeps its name."""
    return MEASURED_TEXTS.get(name, Label(name, name))
